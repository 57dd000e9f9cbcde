//! Arrays as bytes.

use std::ops::Range;

use half::f16;
use ndarray::{ArcArray, IxDyn};

use super::{DType, Element, Order, Tensor, TensorBuffer, TensorData, TensorError, element_count};

impl Tensor {
    /// The elements as little-endian bytes, in the array's own order.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TensorError> {
        let mut bytes = Vec::with_capacity(self.len() * self.dtype().size());
        self.append_bytes(0..self.len(), &mut bytes)?;
        Ok(bytes)
    }

    /// Appends the little-endian bytes of some elements, counted in the array's own order. What is beyond the last
    /// element is left out.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn append_bytes(&self, elements: Range<usize>, bytes: &mut Vec<u8>) -> Result<(), TensorError> {
        fn append<T: Element, const SIZE: usize>(
            array: &ArcArray<T, IxDyn>,
            elements: Range<usize>,
            bytes: &mut Vec<u8>,
            to_bytes: impl Fn(T) -> [u8; SIZE],
        ) {
            // elements lie without gaps: `of` is the only maker
            let all = array.as_slice_memory_order().unwrap_or_default();
            let end = elements.end.min(all.len());
            let some = all.get(elements.start.min(end)..end).unwrap_or_default();
            let start = bytes.len();
            bytes.resize(start + some.len() * SIZE, 0);
            let places = bytes.get_mut(start..).unwrap_or_default();
            let (places, _) = places.as_chunks_mut::<SIZE>();
            for (place, element) in places.iter_mut().zip(some) {
                *place = to_bytes(*element);
            }
        }
        match self.data()? {
            TensorData::Bool(array) => append(array, elements, bytes, |value| [u8::from(value)]),
            TensorData::I8(array) => append(array, elements, bytes, i8::to_le_bytes),
            TensorData::I16(array) => append(array, elements, bytes, i16::to_le_bytes),
            TensorData::I32(array) => append(array, elements, bytes, i32::to_le_bytes),
            TensorData::I64(array) => append(array, elements, bytes, i64::to_le_bytes),
            TensorData::U8(array) => append(array, elements, bytes, u8::to_le_bytes),
            TensorData::U16(array) => append(array, elements, bytes, u16::to_le_bytes),
            TensorData::U32(array) => append(array, elements, bytes, u32::to_le_bytes),
            TensorData::U64(array) => append(array, elements, bytes, u64::to_le_bytes),
            TensorData::F16(array) => append(array, elements, bytes, f16::to_le_bytes),
            TensorData::F32(array) => append(array, elements, bytes, f32::to_le_bytes),
            TensorData::F64(array) => append(array, elements, bytes, f64::to_le_bytes),
        }
        Ok(())
    }

    /// An array from little-endian bytes in the given order.
    ///
    /// # Errors
    /// If the bytes are not those of so many elements, or a boolean is neither 0 nor 1.
    pub fn from_bytes(
        dtype: DType,
        shape: &[usize],
        order: Order,
        bytes: &[u8],
    ) -> Result<Self, TensorError> {
        let expected = element_count(shape)?;
        if expected.checked_mul(dtype.size()) != Some(bytes.len()) {
            return Err(TensorError::ElementCount {
                shape: shape.to_vec(),
                expected,
                found: bytes.len() / dtype.size(),
            });
        }
        let mut buffer = TensorBuffer::zeroed(dtype, shape, order)?;
        buffer.whole().copy_from_bytes(bytes)?;
        buffer.finish()
    }
}
