//! Parts of arrays.

use ndarray::{ArcArray, Axis, IxDyn, Slice};

use super::{Element, Tensor, TensorData, TensorError};

impl Tensor {
    /// The part of the array that lies between two positions of an axis, positions beyond its end left out.
    ///
    /// The result is in Fortran order if the part of an array in Fortran order is, and in C order otherwise, as NumPy saves
    /// slices. An axis that the array does not have is not cut.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn slice(&self, axis: usize, start: usize, end: usize) -> Result<Self, TensorError> {
        fn slice<T: Element>(
            array: &ArcArray<T, IxDyn>,
            axis: usize,
            (start, end): (usize, usize),
        ) -> Tensor {
            if axis >= array.ndim() {
                return array.to_owned().into();
            }
            let length = array.len_of(Axis(axis));
            let (start, end) = (start.min(length), end.min(length).max(start.min(length)));
            let part = array.slice_axis(Axis(axis), Slice::from(start..end));
            if part.is_standard_layout() || part.t().is_standard_layout() {
                return part.to_owned().into();
            }
            part.as_standard_layout().into_owned().into()
        }
        Ok(with_array!(self.data()?, array => slice(array, axis, (start, end))))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Order, Tensor};

    #[test]
    fn slices_lie_as_numpy_saves_them() {
        let c = Tensor::new(&[2, 4], (0..8).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
        assert_eq!(c.slice(1, 2, 4), Ok(Tensor::new(&[2, 2], vec![2f32, 3.0, 6.0, 7.0]).unwrap()));
        let fortran = Tensor::with_order(&[2, 4], (0..8).collect::<Vec<i64>>(), Order::Fortran).unwrap();
        let expected = Tensor::with_order(&[2, 2], vec![4i64, 5, 6, 7], Order::Fortran).unwrap();
        assert_eq!(fortran.slice(1, 2, 4), Ok(expected));
        assert_eq!(Tensor::vector(vec![1u8, 2, 3]).slice(0, 1, 9), Ok(Tensor::vector(vec![2u8, 3])));
    }
}
