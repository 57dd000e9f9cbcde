//! Other shapes of arrays, as NumPy gives them: without moving elements where that is possible.

use super::{Element, Order, Tensor, TensorData, TensorError, element_count};

/// An array seen with another shape: axes permuted, repeated, split and merged.
///
/// Like NumPy's views it knows where each element lies, so that the order of the array which is made of it in the end is
/// the one that NumPy would save: C where the view lies in C order, Fortran where it lies in that, else C.
///
/// ```
/// use hls4rs_types::{Order, Strided, Tensor};
///
/// let matrix = Tensor::new(&[2, 3], vec![1f32, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let transposed = Strided::of(&matrix).transposed(&[1, 0])?.finish()?;
/// assert_eq!((transposed.shape(), transposed.order()), ([3, 2].as_slice(), Order::Fortran));
/// # Ok::<(), hls4rs_types::TensorError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Strided {
    tensor: Tensor,
    pub(super) shape: Vec<usize>,
    /// Distances in elements.
    pub(super) strides: Vec<usize>,
}

impl Strided {
    /// The array as it is.
    #[must_use]
    pub fn of(tensor: &Tensor) -> Self {
        let shape = tensor.shape().to_vec();
        Self { tensor: tensor.clone(), strides: strides_of(&shape, tensor.order()), shape }
    }

    /// The axes in another order.
    ///
    /// **Source:** `numpy.transpose`.
    ///
    /// # Errors
    /// If `axes` is no permutation of the axes.
    pub fn transposed(self, axes: &[usize]) -> Result<Self, TensorError> {
        let mut sorted = axes.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..self.shape.len()) {
            let expected = format!("a permutation of {} axes", self.shape.len());
            return Err(TensorError::Shape { shape: self.shape, expected, found: format!("{axes:?}") });
        }
        let pick = |from: &[usize]| axes.iter().filter_map(|axis| from.get(*axis).copied()).collect();
        Ok(Self { shape: pick(&self.shape), strides: pick(&self.strides), tensor: self.tensor })
    }

    /// Repeated along axes of one element, and along new axes in front.
    ///
    /// **Source:** `numpy.broadcast_to`.
    ///
    /// # Errors
    /// If the shape cannot be brought to that one.
    pub fn broadcast(self, shape: &[usize]) -> Result<Self, TensorError> {
        element_count(shape)?;
        let new = shape.len().checked_sub(self.shape.len());
        let fits = |(own, wanted): (&usize, &usize)| own == wanted || *own == 1;
        let Some(new) = new.filter(|new| self.shape.iter().zip(shape.iter().skip(*new)).all(fits)) else {
            let expected = format!("a shape that broadcasts to {shape:?}");
            let found = format!("{:?}", self.shape);
            return Err(TensorError::Shape { shape: self.shape, expected, found });
        };
        let own = self.shape.iter().zip(&self.strides).map(|(n, stride)| if *n == 1 { 0 } else { *stride });
        let strides = std::iter::repeat_n(0, new).chain(own).collect();
        Ok(Self { tensor: self.tensor, shape: shape.to_vec(), strides })
    }

    /// As many elements in the same order, with other dimensions.
    ///
    /// **Source:** `numpy.reshape`, which moves elements only where strides cannot describe the new shape.
    ///
    /// # Errors
    /// If the numbers of elements differ, or the elements cannot be loaded.
    pub fn reshaped(self, shape: &[usize]) -> Result<Self, TensorError> {
        let (expected, found) = (element_count(shape)?, element_count(&self.shape)?);
        if expected != found {
            return Err(TensorError::ElementCount { shape: shape.to_vec(), expected, found });
        }
        if let Some(strides) = reshaped_strides(&self.shape, &self.strides, shape) {
            return Ok(Self { tensor: self.tensor, shape: shape.to_vec(), strides });
        }
        let tensor = self.in_order(Order::C)?;
        Ok(Self { strides: strides_of(shape, Order::C), shape: shape.to_vec(), tensor })
    }

    /// The first element of an axis, which keeps its place with one element.
    #[must_use]
    pub fn first_of(mut self, axis: usize) -> Self {
        if let Some(n) = self.shape.get_mut(axis).filter(|n| **n > 0) {
            *n = 1;
        }
        self
    }

    /// Number of axes.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The array.
    ///
    /// # Errors
    /// If the elements cannot be loaded, or there are more than fit into memory.
    pub fn finish(self) -> Result<Tensor, TensorError> {
        if self.shape == self.tensor.shape() && self.strides == strides_of(&self.shape, self.tensor.order()) {
            return Ok(self.tensor);
        }
        let lies_in = |order| {
            let plain = strides_of(&self.shape, order);
            let mut strides = self.shape.iter().zip(self.strides.iter().zip(&plain));
            self.shape.contains(&0) || strides.all(|(n, (own, plain))| *n == 1 || own == plain)
        };
        let order = if !lies_in(Order::C) && lies_in(Order::Fortran) { Order::Fortran } else { Order::C };
        self.in_order(order)
    }

    /// The elements gathered in that order.
    fn in_order(&self, order: Order) -> Result<Tensor, TensorError> {
        fn gather<T: Element>(
            view: &Strided,
            elements: Option<&[T]>,
            order: Order,
        ) -> Result<Tensor, TensorError> {
            let places = view.places(order)?;
            let gathered: Option<Vec<T>> =
                elements.and_then(|elements| places.iter().map(|at| elements.get(*at).copied()).collect());
            let nowhere = || TensorError::Load { message: "the array lies in no order".to_owned() };
            Tensor::with_order(&view.shape, gathered.ok_or_else(nowhere)?, order)
        }
        match self.tensor.data()? {
            TensorData::Bool(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::I8(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::I16(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::I32(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::I64(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::U8(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::U16(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::U32(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::U64(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::F16(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::F32(array) => gather(self, array.as_slice_memory_order(), order),
            TensorData::F64(array) => gather(self, array.as_slice_memory_order(), order),
        }
    }

    /// All elements of the memory that is seen.
    pub(super) fn elements<T: Element>(&self) -> Result<Vec<T>, TensorError> {
        let array = self.tensor.view::<T>()?;
        Ok(match array.as_slice_memory_order() {
            Some(elements) => elements.to_vec(),
            None => array.iter().copied().collect(),
        })
    }

    /// Where the elements lie, in the order in which the new array has them.
    pub(super) fn places(&self, order: Order) -> Result<Vec<usize>, TensorError> {
        let count = element_count(&self.shape)?;
        let mut places = Vec::new();
        let too_many = |_| TensorError::Overflow { shape: self.shape.clone() };
        places.try_reserve_exact(count).map_err(too_many)?;
        let mut axes: Vec<(usize, usize)> =
            self.shape.iter().copied().zip(self.strides.iter().copied()).collect();
        if order == Order::C {
            axes.reverse();
        }
        let mut index = vec![0; axes.len()];
        let mut place = 0;
        for _ in 0..count {
            places.push(place);
            for (i, (n, stride)) in index.iter_mut().zip(&axes) {
                *i += 1;
                place += stride;
                if *i < *n {
                    break;
                }
                place -= *i * stride;
                *i = 0;
            }
        }
        Ok(places)
    }
}

/// Distances of neighbours in an array without gaps.
fn strides_of(shape: &[usize], order: Order) -> Vec<usize> {
    let mut strides = vec![0; shape.len()];
    let mut step = 1;
    let mut set = |(stride, n): (&mut usize, &usize)| {
        *stride = step;
        step *= (*n).max(1);
    };
    match order {
        Order::C => strides.iter_mut().zip(shape).rev().for_each(&mut set),
        Order::Fortran => strides.iter_mut().zip(shape).for_each(&mut set),
    }
    strides
}

/// Strides that show the same elements in another shape, if there are any.
///
/// **Source:** `_attempt_nocopy_reshape` of NumPy: axes of one element are left out, then runs of axes with equal products
/// must each lie in C order.
fn reshaped_strides(shape: &[usize], strides: &[usize], to: &[usize]) -> Option<Vec<usize>> {
    let old: Vec<(usize, usize)> =
        shape.iter().copied().zip(strides.iter().copied()).filter(|(n, _)| *n != 1).collect();
    let mut new = vec![0; to.len()];
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < to.len() {
        let (first, start) = (i, j);
        let (mut ours, mut theirs) = (old.get(i)?.0, *to.get(j)?);
        (i, j) = (i + 1, j + 1);
        while ours != theirs {
            if theirs < ours {
                theirs *= to.get(j)?;
                j += 1;
            } else {
                ours *= old.get(i)?.0;
                i += 1;
            }
        }
        let run = old.get(first..i)?;
        let is_run = |pair: &[(usize, usize)]| matches!(pair, [a, b] if a.1 == b.0 * b.1);
        if !run.windows(2).all(is_run) {
            return None;
        }
        let mut step = run.last()?.1;
        for k in (start..j).rev() {
            *new.get_mut(k)? = step;
            step *= to.get(k)?;
        }
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(shape: &[usize]) -> Tensor {
        Tensor::new(shape, (0i64..).take(shape.iter().product()).collect()).unwrap()
    }

    fn elements(tensor: &Tensor) -> Vec<i64> {
        tensor.view::<i64>().unwrap().iter().copied().collect()
    }

    #[test]
    fn permuted_axes_lie_where_numpy_has_them() {
        let cube = numbers(&[2, 3, 4]);
        let reversed = Strided::of(&cube).transposed(&[2, 1, 0]).unwrap().finish().unwrap();
        assert_eq!((reversed.shape(), reversed.order()), ([4, 3, 2].as_slice(), Order::Fortran));
        let turned = Strided::of(&cube).transposed(&[1, 2, 0]).unwrap().finish().unwrap();
        assert_eq!((turned.shape(), turned.order()), ([3, 4, 2].as_slice(), Order::C));
        assert_eq!(elements(&turned)[..4], [0, 12, 1, 13]);
        let back = Strided::of(&turned).transposed(&[2, 0, 1]).unwrap().finish().unwrap();
        assert_eq!(back, cube);
        assert!(Strided::of(&cube).transposed(&[0, 1, 1]).is_err());
    }

    #[test]
    fn axes_of_one_element_do_not_count() {
        let filters = numbers(&[2, 1, 3]);
        let turned = Strided::of(&filters).transposed(&[1, 2, 0]).unwrap().finish().unwrap();
        assert_eq!((turned.shape(), turned.order()), ([1, 3, 2].as_slice(), Order::Fortran));
    }

    #[test]
    fn repeats_along_axes_of_one_element() {
        let row = Strided::of(&numbers(&[3])).broadcast(&[2, 3]).unwrap().finish().unwrap();
        assert_eq!((elements(&row), row.order()), (vec![0, 1, 2, 0, 1, 2], Order::C));
        let error = Strided::of(&numbers(&[1, 3])).broadcast(&[3]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "array of shape [1, 3]: expected a shape that broadcasts to [3], found [1, 3]"
        );
        assert!(Strided::of(&numbers(&[2])).broadcast(&[4]).is_err());
    }

    #[test]
    fn reshapes_without_moving_elements_where_it_can() {
        let transposed = Strided::of(&numbers(&[4, 6])).transposed(&[1, 0]).unwrap();
        let split = transposed.clone().reshaped(&[6, 1, 4]).unwrap().finish().unwrap();
        assert_eq!((split.order(), split.shape()), (Order::Fortran, [6, 1, 4].as_slice()));
        let split = transposed.clone().reshaped(&[2, 3, 4]).unwrap().transposed(&[1, 0, 2]).unwrap();
        let merged = split.reshaped(&[6, 4]).unwrap().finish().unwrap();
        assert_eq!((merged.order(), elements(&merged)[..6].to_vec()), (Order::C, vec![0, 6, 12, 18, 3, 9]));
        let flat = transposed.clone().reshaped(&[24]).unwrap().finish().unwrap();
        assert_eq!(elements(&flat)[..5], [0, 6, 12, 18, 1]);
        assert!(transposed.reshaped(&[5]).is_err());
        let empty = Strided::of(&numbers(&[0, 3])).reshaped(&[3, 0]).unwrap().finish().unwrap();
        assert_eq!(empty.shape(), [3, 0]);
    }
}
