//! Arithmetic of arrays, element by element, with the element types and the order that NumPy gives the results.

use half::f16;

use super::{DType, Element, Order, Strided, Tensor, TensorData, TensorError, element_count};

/// An operation on two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// The sum.
    Add,
    /// The difference.
    Subtract,
    /// The product.
    Multiply,
    /// The quotient, of integers too a floating-point number.
    Divide,
}

impl Tensor {
    /// Combines two arrays element by element; axes of one element, and missing ones in front, repeat.
    ///
    /// The elements are computed in the type that NumPy promotes both to: single and double precision to double,
    /// single precision and integers of 32 or 64 bits to double.
    ///
    /// ```
    /// use hls4rs_types::{Arithmetic, Tensor};
    ///
    /// let scale = Tensor::vector(vec![0.5f32, 0.25]);
    /// let inverse = scale.like(1.0)?.combine(Arithmetic::Divide, &scale)?;
    /// assert_eq!(inverse, Tensor::vector(vec![2f32, 4.0]));
    /// # Ok::<(), hls4rs_types::TensorError>(())
    /// ```
    ///
    /// **Source:** NumPy's ufuncs; in the order of the result C wins where the operands disagree.
    ///
    /// # Errors
    /// If the shapes do not fit together, the elements cannot be loaded, or integers of different or few bits meet.
    pub fn combine(&self, op: Arithmetic, other: &Self) -> Result<Self, TensorError> {
        let shape = broadcast_shapes(self.shape(), other.shape())?;
        let dtype = result_type(self.dtype(), other.dtype(), op)?;
        let (a, b) = (self.cast(dtype)?, other.cast(dtype)?);
        let (a, b) = (Strided::of(&a).broadcast(&shape)?, Strided::of(&b).broadcast(&shape)?);
        let order = result_order(&shape, &[&a.strides, &b.strides]);
        match dtype {
            DType::F16 => apply(&a, &b, order, |a: f16, b| f16::from_f32(op.of_f32(a.to_f32(), b.to_f32()))),
            DType::F32 => apply(&a, &b, order, |a, b| op.of_f32(a, b)),
            DType::F64 => apply(&a, &b, order, |a, b| op.of_f64(a, b)),
            DType::I32 => apply(&a, &b, order, |a: i32, b| op.of_i64(a.into(), i64::from(b)) as i32),
            _ => apply(&a, &b, order, |a, b| op.of_i64(a, b)),
        }
    }

    /// The array with the opposite sign.
    ///
    /// # Errors
    /// If the elements cannot be loaded, or are unsigned or of few bits.
    pub fn negated(&self) -> Result<Self, TensorError> {
        Ok(match self.data()? {
            TensorData::F16(array) => array.mapv(|a| -a).into_owned().into(),
            TensorData::F32(array) => array.mapv(|a| -a).into_owned().into(),
            TensorData::F64(array) => array.mapv(|a| -a).into_owned().into(),
            TensorData::I32(array) => array.mapv(i32::wrapping_neg).into_owned().into(),
            TensorData::I64(array) => array.mapv(i64::wrapping_neg).into_owned().into(),
            _ => return Err(TensorError::ElementType { expected: DType::F64, found: self.dtype() }),
        })
    }

    /// A number as an array without dimensions, of the element type that a number without a type takes beside this
    /// array: the array's own.
    ///
    /// # Errors
    /// If the array is of integers of few bits.
    pub fn like(&self, number: f64) -> Result<Self, TensorError> {
        let one = Self::new(&[], vec![number])?;
        match self.dtype() {
            DType::I32 | DType::I64 => {
                let one = Self::new(&[], vec![number as i64])?;
                if self.dtype() == DType::I64 { Ok(one) } else { Self::new(&[], vec![number as i32]) }
            }
            dtype => one.cast(dtype),
        }
    }

    /// Whether every element is this number.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn is_all(&self, number: f64) -> Result<bool, TensorError> {
        Ok(self.iter_f64()?.all(|element| element == number))
    }

    /// The elements as floating-point numbers of another width.
    fn cast(&self, dtype: DType) -> Result<Self, TensorError> {
        if self.dtype() == dtype {
            return Ok(self.clone());
        }
        let view = Strided::of(self);
        let elements = |order| -> Result<Vec<f64>, TensorError> {
            match order {
                Order::C => Ok(self.iter_f64()?.collect()),
                Order::Fortran => {
                    let axes: Vec<usize> = (0..view.rank()).rev().collect();
                    Ok(view.clone().transposed(&axes)?.finish()?.iter_f64()?.collect())
                }
            }
        };
        let (shape, order) = (self.shape(), self.order());
        let elements = elements(order)?.into_iter();
        match dtype {
            DType::F16 => Self::with_order(shape, elements.map(f16::from_f64).collect(), order),
            DType::F32 => Self::with_order(shape, elements.map(|a| a as f32).collect(), order),
            DType::F64 => Self::with_order(shape, elements.collect(), order),
            _ => Err(TensorError::ElementType { expected: dtype, found: self.dtype() }),
        }
    }
}

impl Arithmetic {
    fn of_f32(self, a: f32, b: f32) -> f32 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
        }
    }

    fn of_f64(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
        }
    }

    /// Integers wrap around, and are not divided as such.
    fn of_i64(self, a: i64, b: i64) -> i64 {
        match self {
            Self::Add => a.wrapping_add(b),
            Self::Subtract => a.wrapping_sub(b),
            Self::Multiply | Self::Divide => a.wrapping_mul(b),
        }
    }
}

/// The shape that two arrays have together.
fn broadcast_shapes(a: &[usize], b: &[usize]) -> Result<Vec<usize>, TensorError> {
    let rank = a.len().max(b.len());
    let from_end = |shape: &[usize], i: usize| shape.iter().rev().nth(i).copied().unwrap_or(1);
    let mut shape = Vec::with_capacity(rank);
    for i in (0..rank).rev() {
        match (from_end(a, i), from_end(b, i)) {
            (1, n) | (n, 1) => shape.push(n),
            (n, m) if n == m => shape.push(n),
            _ => {
                let expected = "a shape that broadcasts with it".to_owned();
                return Err(TensorError::Shape { shape: a.to_vec(), expected, found: format!("{b:?}") });
            }
        }
    }
    element_count(&shape)?;
    Ok(shape)
}

/// The element type of a result.
fn result_type(a: DType, b: DType, op: Arithmetic) -> Result<DType, TensorError> {
    // the least floating-point type, in bytes, that NumPy takes for values of the type
    let float = |dtype: DType| match dtype {
        DType::Bool | DType::I8 | DType::U8 | DType::F16 => 2,
        DType::I16 | DType::U16 | DType::F32 => 4,
        _ => 8,
    };
    let is_float = |dtype: DType| matches!(dtype, DType::F16 | DType::F32 | DType::F64);
    if is_float(a) || is_float(b) {
        return Ok(match float(a).max(float(b)) {
            2 => DType::F16,
            4 => DType::F32,
            _ => DType::F64,
        });
    }
    match (op, a) {
        (Arithmetic::Divide, _) => Ok(DType::F64),
        (_, DType::I32 | DType::I64) if a == b => Ok(a),
        _ => {
            Err(TensorError::ElementType { expected: DType::I64, found: if a == DType::I64 { b } else { a } })
        }
    }
}

/// The order of a result: Fortran where every pair of axes of some operand lies in that, and of none in C.
///
/// **Source:** `npyiter_find_best_axis_ordering` of NumPy. A mixture of both is C here; NumPy saves it as C.
fn result_order(shape: &[usize], operands: &[&[usize]]) -> Order {
    let strides = |axis: usize| operands.iter().map(move |strides| strides.get(axis).copied().unwrap_or(0));
    // from the axis that runs fastest, as in C order
    let mut axes: Vec<usize> = Vec::new();
    for axis in (0..shape.len()).rev() {
        let mut place = axes.len();
        for (i, inner) in axes.iter().enumerate().rev() {
            let known =
                strides(*inner).zip(strides(axis)).filter(|(inner, outer)| *inner != 0 && *outer != 0);
            let mut turned: Vec<bool> = known.map(|(inner, outer)| inner > outer).collect();
            match turned.pop() {
                None => {}
                Some(last) if last && turned.iter().all(|turned| *turned) => place = i,
                Some(_) => break,
            }
        }
        axes.insert(place, axis);
    }
    let long: Vec<usize> = axes.into_iter().filter(|axis| shape.get(*axis).is_some_and(|n| *n > 1)).collect();
    if long.len() > 1 && long.is_sorted() { Order::Fortran } else { Order::C }
}

fn apply<T: Element>(
    a: &Strided,
    b: &Strided,
    order: Order,
    op: impl Fn(T, T) -> T,
) -> Result<Tensor, TensorError> {
    let (left, right) = (a.elements::<T>()?, b.elements::<T>()?);
    let nowhere = || TensorError::Load { message: "the array lies in no order".to_owned() };
    let pairs = a.places(order)?.into_iter().zip(b.places(order)?);
    let results: Option<Vec<T>> = pairs.map(|(i, j)| Some(op(*left.get(i)?, *right.get(j)?))).collect();
    Tensor::with_order(&a.shape, results.ok_or_else(nowhere)?, order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(shape: &[usize], order: Order) -> Tensor {
        let count = shape.iter().product::<usize>();
        Tensor::with_order(shape, (0..count).map(|i| i as f32).collect(), order).unwrap()
    }

    #[test]
    fn element_types_are_promoted() {
        let single = Tensor::vector(vec![0.1f32]);
        for (other, expected) in [
            (Tensor::vector(vec![0.2f64]), DType::F64),
            (Tensor::vector(vec![2i64]), DType::F64),
            (Tensor::vector(vec![2i8]), DType::F32),
            (Tensor::vector(vec![0.2f32]), DType::F32),
        ] {
            assert_eq!(single.combine(Arithmetic::Multiply, &other).unwrap().dtype(), expected);
        }
        let double = single.combine(Arithmetic::Multiply, &Tensor::vector(vec![2i64])).unwrap();
        assert_eq!(double, Tensor::vector(vec![f64::from(0.1f32) * 2.0]));
        let integers = Tensor::vector(vec![7i64, i64::MIN]);
        assert_eq!(integers.combine(Arithmetic::Divide, &integers).unwrap(), Tensor::vector(vec![1f64, 1.0]));
        assert_eq!(integers.negated().unwrap(), Tensor::vector(vec![-7i64, i64::MIN]));
        assert_eq!(integers.like(1.0).unwrap().dtype(), DType::I64);
        assert!(integers.combine(Arithmetic::Add, &Tensor::vector(vec![1u8])).is_err());
    }

    #[test]
    fn axes_of_one_element_repeat() {
        let column = Tensor::new(&[2, 1], vec![1f32, 10.0]).unwrap();
        let sum = column.combine(Arithmetic::Add, &Tensor::vector(vec![1f32, 2.0, 3.0])).unwrap();
        assert_eq!(sum, Tensor::new(&[2, 3], vec![2f32, 3.0, 4.0, 11.0, 12.0, 13.0]).unwrap());
        let error = column.combine(Arithmetic::Add, &floats(&[3, 1], Order::C)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "array of shape [2, 1]: expected a shape that broadcasts with it, found [3, 1]"
        );
    }

    #[test]
    fn fortran_order_is_kept_unless_there_is_c_order() {
        let (c, fortran) = (floats(&[2, 3], Order::C), floats(&[2, 3], Order::Fortran));
        let order = |a: &Tensor, b: &Tensor| a.combine(Arithmetic::Subtract, b).unwrap().order();
        assert_eq!(order(&fortran, &fortran), Order::Fortran);
        assert_eq!(order(&fortran, &c), Order::C);
        assert_eq!(order(&c, &fortran), Order::C);
        assert_eq!(order(&fortran, &fortran.like(2.0).unwrap()), Order::Fortran);
        assert_eq!(order(&fortran, &Tensor::vector(vec![1f32, 2.0, 3.0])), Order::Fortran);
        let wide = fortran.combine(Arithmetic::Multiply, &Tensor::vector(vec![1f64])).unwrap();
        assert_eq!((wide.order(), wide.iter_f64().unwrap().nth(1)), (Order::Fortran, Some(2.0)));
    }
}
