//! Elementwise arithmetic of arrays, with the element types that NumPy gives the results.

use hls4rs_types::{DType, Tensor};

use super::shapes::element_count;
use crate::{Attribute, LayerError, LayerState};

/// An operand: an array, or a number without a type of its own, which takes the type of the array it meets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Floats {
    /// A number of Python's.
    Number(f64),
    /// Shape and elements of an array of single precision.
    F32(Vec<usize>, Vec<f32>),
    /// Shape and elements of an array of double precision.
    F64(Vec<usize>, Vec<f64>),
}

/// An operation in both precisions.
type Binary = (fn(f32, f32) -> f32, fn(f64, f64) -> f64);

impl Floats {
    /// The array or number that an attribute holds.
    pub(super) fn of(state: &LayerState, name: &str) -> Result<Self, LayerError> {
        match state.get(name) {
            Some(Attribute::Array(array)) => Self::from_tensor(name, array),
            found => match found.and_then(Attribute::as_float) {
                Some(number) => Ok(Self::Number(number)),
                None => Err(LayerError::attribute(name, "an array or a number", found)),
            },
        }
    }

    /// The elements of an array, whose name is for messages. Integers of 32 and 64 bits are of double precision, which
    /// they get as soon as they meet a floating-point number.
    pub(super) fn from_tensor(name: &str, array: &Tensor) -> Result<Self, LayerError> {
        let shape = array.shape().to_vec();
        let fail = |cause| LayerError::tensor(name, cause);
        match array.dtype() {
            DType::F32 => Ok(Self::F32(shape, array.view::<f32>().map_err(fail)?.iter().copied().collect())),
            DType::F64 | DType::I32 | DType::I64 | DType::U32 | DType::U64 => {
                Ok(Self::F64(shape, array.iter_f64().map_err(fail)?.collect()))
            }
            other => Err(LayerError::WrongAttribute {
                attribute: name.to_owned(),
                expected: "an array of float32 or float64, or of integers of 32 or 64 bits".to_owned(),
                found: format!("an array of {other}"),
            }),
        }
    }

    /// The same in double precision.
    pub(super) fn widened(self) -> Self {
        match self {
            Self::F32(shape, a) => Self::F64(shape, widen(a)),
            other => other,
        }
    }

    /// The array; `weight` is for messages.
    pub(super) fn into_tensor(self, weight: &str) -> Result<Tensor, LayerError> {
        let tensor = match self {
            Self::Number(number) => Tensor::new(&[], vec![number]),
            Self::F32(shape, elements) => Tensor::new(&shape, elements),
            Self::F64(shape, elements) => Tensor::new(&shape, elements),
        };
        tensor.map_err(|cause| LayerError::Tensor { weight: weight.to_owned(), cause })
    }

    /// The sum.
    pub(super) fn add(self, other: Self) -> Result<Self, LayerError> {
        self.combine(other, (|a, b| a + b, |a, b| a + b))
    }

    /// The difference.
    pub(super) fn sub(self, other: Self) -> Result<Self, LayerError> {
        self.combine(other, (|a, b| a - b, |a, b| a - b))
    }

    /// The product.
    pub(super) fn mul(self, other: Self) -> Result<Self, LayerError> {
        self.combine(other, (|a, b| a * b, |a, b| a * b))
    }

    /// The quotient.
    pub(super) fn div(self, other: Self) -> Result<Self, LayerError> {
        self.combine(other, (|a, b| a / b, |a, b| a / b))
    }

    /// The square roots.
    pub(super) fn sqrt(self) -> Self {
        self.map(f32::sqrt, f64::sqrt)
    }

    /// The negatives.
    pub(super) fn neg(self) -> Self {
        self.map(|a| -a, |a| -a)
    }

    /// The next integers below.
    pub(super) fn floor(self) -> Self {
        self.map(f32::floor, f64::floor)
    }

    /// The array repeated along axes put before its own until it has that shape, as broadcasting does.
    pub(super) fn repeated(self, shape: &[usize]) -> Result<Self, LayerError> {
        let own = match &self {
            Self::Number(_) => return Ok(self),
            Self::F32(own, _) | Self::F64(own, _) => own,
        };
        let count = element_count(shape).filter(|_| shape.ends_with(own));
        let Some(count) = count else {
            let message = format!("an array of shape {own:?} can not be repeated to one of shape {shape:?}");
            return Err(LayerError::Unsupported { message });
        };
        Ok(match self {
            Self::F32(_, a) => Self::F32(shape.to_vec(), a.iter().copied().cycle().take(count).collect()),
            Self::F64(_, a) => Self::F64(shape.to_vec(), a.iter().copied().cycle().take(count).collect()),
            number => number,
        })
    }

    fn map(self, single: fn(f32) -> f32, double: fn(f64) -> f64) -> Self {
        match self {
            Self::Number(a) => Self::Number(double(a)),
            Self::F32(shape, a) => Self::F32(shape, a.into_iter().map(single).collect()),
            Self::F64(shape, a) => Self::F64(shape, a.into_iter().map(double).collect()),
        }
    }

    fn combine(self, other: Self, (single, double): Binary) -> Result<Self, LayerError> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(Self::Number(double(a, b))),
            (Self::F32(s, a), Self::Number(b)) => Ok(Self::F32(s, each(&a, |a| single(a, b as f32)))),
            (Self::Number(a), Self::F32(s, b)) => Ok(Self::F32(s, each(&b, |b| single(a as f32, b)))),
            (Self::F64(s, a), Self::Number(b)) => Ok(Self::F64(s, each(&a, |a| double(a, b)))),
            (Self::Number(a), Self::F64(s, b)) => Ok(Self::F64(s, each(&b, |b| double(a, b)))),
            (Self::F32(s, a), Self::F32(t, b)) => {
                let shape = common_shape(&s, &t)?;
                Ok(Self::F32(shape.clone(), pairs(&fill(a, &s, &shape), &fill(b, &t, &shape), single)))
            }
            (Self::F64(s, a), Self::F64(t, b)) => {
                let shape = common_shape(&s, &t)?;
                Ok(Self::F64(shape.clone(), pairs(&fill(a, &s, &shape), &fill(b, &t, &shape), double)))
            }
            (Self::F32(s, a), b) => Self::F64(s, widen(a)).combine(b, (single, double)),
            (a, Self::F32(t, b)) => a.combine(Self::F64(t, widen(b)), (single, double)),
        }
    }
}

fn widen(elements: Vec<f32>) -> Vec<f64> {
    elements.into_iter().map(f64::from).collect()
}

fn each<T: Copy>(elements: &[T], operation: impl Fn(T) -> T) -> Vec<T> {
    elements.iter().map(|element| operation(*element)).collect()
}

fn pairs<T: Copy>(a: &[T], b: &[T], operation: fn(T, T) -> T) -> Vec<T> {
    a.iter().zip(b).map(|(a, b)| operation(*a, *b)).collect()
}

/// The shape of the result, which must be as large as one of the arrays: dimensions are aligned at the last one, and
/// are equal or 1.
fn common_shape(a: &[usize], b: &[usize]) -> Result<Vec<usize>, LayerError> {
    let rank = a.len().max(b.len());
    let dimensions = (0..rank).map(|axis| match (dimension(a, axis, rank), dimension(b, axis, rank)) {
        (n, m) if n == m || m == 1 => Some(n),
        (1, m) => Some(m),
        _ => None,
    });
    let shape = dimensions.collect::<Option<Vec<usize>>>();
    let largest = element_count(a).max(element_count(b));
    shape.filter(|shape| element_count(shape) <= largest).ok_or_else(|| {
        let message = format!("expected parameters of shapes that go together, found {a:?} and {b:?}");
        LayerError::Unsupported { message }
    })
}

/// The dimension of an axis, if the shape is filled up to that rank by ones in front.
fn dimension(shape: &[usize], axis: usize, rank: usize) -> usize {
    let missing = rank - shape.len();
    axis.checked_sub(missing).and_then(|axis| shape.get(axis)).copied().unwrap_or(1)
}

/// The elements of an array, repeated along the axes where it has the dimension 1 and the result has another.
fn fill<T: Copy>(elements: Vec<T>, own: &[usize], shape: &[usize]) -> Vec<T> {
    if own == shape {
        return elements;
    }
    let mut positions = vec![0];
    for (axis, n) in shape.iter().enumerate() {
        let own = dimension(own, axis, shape.len());
        let step = usize::from(own > 1);
        positions = positions.iter().flat_map(|p| (0..*n).map(move |i| p * own + i * step)).collect();
    }
    positions.into_iter().filter_map(|position| elements.get(position).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_type_of_the_array() {
        let sum = Floats::F32(vec![1], vec![1.0]).add(Floats::Number(0.001)).unwrap();
        assert_eq!(sum, Floats::F32(vec![1], vec![1.0 + 0.001f32]));
        let quotient = Floats::Number(1.0).div(Floats::F64(vec![1], vec![3.0])).unwrap();
        assert_eq!(quotient, Floats::F64(vec![1], vec![1.0 / 3.0]));
    }

    #[test]
    fn arrays_of_both_types_give_double_precision() {
        let product = Floats::F32(vec![1], vec![0.1]).mul(Floats::F64(vec![1], vec![0.1])).unwrap();
        assert_eq!(product, Floats::F64(vec![1], vec![f64::from(0.1f32) * 0.1]));
    }

    #[test]
    fn vectors_are_repeated_along_further_axes() {
        let repeated = Floats::F32(vec![2], vec![1.0, 2.0]).repeated(&[2, 2]).unwrap();
        assert_eq!(repeated, Floats::F32(vec![2, 2], vec![1.0, 2.0, 1.0, 2.0]));
        assert!(Floats::F32(vec![2], vec![1.0, 2.0]).repeated(&[2, 3]).is_err());
    }

    #[test]
    fn dimensions_of_one_are_repeated() {
        let columns = Floats::F32(vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let sum = columns.clone().add(Floats::F32(vec![2, 1], vec![10.0, 20.0])).unwrap();
        assert_eq!(sum, Floats::F32(vec![2, 3], vec![11.0, 12.0, 13.0, 24.0, 25.0, 26.0]));
        let sum = Floats::F64(vec![3], vec![10.0, 20.0, 30.0]).add(columns).unwrap();
        assert_eq!(sum, Floats::F64(vec![2, 3], vec![11.0, 22.0, 33.0, 14.0, 25.0, 36.0]));
    }

    #[test]
    fn other_shapes_are_refused() {
        let zeros = |shape: &[usize]| Floats::F32(shape.to_vec(), vec![0.0; shape.iter().product()]);
        let error = zeros(&[2]).sub(zeros(&[3])).unwrap_err();
        let expected = "expected parameters of shapes that go together, found [2] and [3]";
        assert_eq!(error.to_string(), expected);
        assert!(zeros(&[2, 1]).sub(zeros(&[1, 3])).is_err());
    }

    #[test]
    fn integers_are_of_double_precision_unless_they_are_short() {
        let long = Floats::from_tensor("gamma_data", &Tensor::vector(vec![3i64])).unwrap();
        assert_eq!(long, Floats::F64(vec![1], vec![3.0]));
        let error = Floats::from_tensor("gamma_data", &Tensor::vector(vec![1i16])).unwrap_err();
        let expected = "attribute `gamma_data`: expected an array of float32 or float64, or of integers of 32 or 64 \
                        bits, found an array of int16";
        assert_eq!(error.to_string(), expected);
    }
}
