//! Arrays while they are filled.

use half::f16;

use super::{DType, Order, Tensor, TensorError, element_count};

macro_rules! elements {
    ($($variant:ident $element:ty, $size:literal, $decode:expr;)*) => {
        /// The elements by type.
        enum Elements {
            $($variant(Vec<$element>),)*
        }

        /// Some neighbouring elements of a [`TensorBuffer`].
        pub struct TensorPiece<'a>(Slice<'a>);

        enum Slice<'a> {
            $($variant(&'a mut [$element]),)*
        }

        impl TensorBuffer {
            /// An array of zeros. The system gives zeros without touching them, so that memory grows with what is filled.
            ///
            /// # Errors
            /// If there are more elements than can be addressed.
            pub fn zeroed(dtype: DType, shape: &[usize], order: Order) -> Result<Self, TensorError> {
                let count = element_count(shape)?;
                count.checked_mul(dtype.size()).ok_or_else(|| TensorError::Overflow { shape: shape.to_vec() })?;
                let elements = match dtype {
                    $(DType::$variant => Elements::$variant(vec![Default::default(); count]),)*
                };
                Ok(Self { elements, shape: shape.into(), order })
            }

            /// The array.
            ///
            /// # Errors
            /// None that can be brought about; elements and shape were made for each other.
            pub fn finish(self) -> Result<Tensor, TensorError> {
                match self.elements {
                    $(Elements::$variant(elements) => Tensor::with_order(&self.shape, elements, self.order),)*
                }
            }

            /// All elements.
            pub fn whole(&mut self) -> TensorPiece<'_> {
                TensorPiece(match &mut self.elements {
                    $(Elements::$variant(elements) => Slice::$variant(elements),)*
                })
            }
        }

        impl<'a> TensorPiece<'a> {
            /// Number of elements.
            #[must_use]
            pub fn len(&self) -> usize {
                match &self.0 { $(Slice::$variant(elements) => elements.len(),)* }
            }

            /// Bytes per element.
            #[must_use]
            pub fn element_size(&self) -> usize {
                match &self.0 { $(Slice::$variant(_) => $size,)* }
            }

            /// The first `count` elements, or all if there are fewer, and the rest.
            #[must_use]
            pub fn split_at(self, count: usize) -> (Self, Self) {
                let count = count.min(self.len());
                match self.0 {
                    $(Slice::$variant(elements) => {
                        let (first, rest) = elements.split_at_mut(count);
                        (Self(Slice::$variant(first)), Self(Slice::$variant(rest)))
                    })*
                }
            }

            /// Sets the elements from their little-endian bytes.
            ///
            /// # Errors
            /// If these are not the bytes of so many elements, or a boolean is neither 0 nor 1.
            pub fn copy_from_bytes(&mut self, bytes: &[u8]) -> Result<(), TensorError> {
                match &mut self.0 {
                    $(Slice::$variant(elements) => {
                        let (chunks, rest) = bytes.as_chunks::<$size>();
                        if chunks.len() != elements.len() || !rest.is_empty() {
                            let message = format!("expected {} bytes, found {}", elements.len() * $size, bytes.len());
                            return Err(TensorError::Bytes { dtype: DType::$variant, message });
                        }
                        let decode = $decode;
                        for (element, chunk) in elements.iter_mut().zip(chunks) {
                            *element = decode(*chunk)?;
                        }
                    })*
                }
                Ok(())
            }
        }
    };
}

elements! {
    Bool bool, 1, boolean;
    I8 i8, 1, |bytes| sure(i8::from_le_bytes(bytes));
    I16 i16, 2, |bytes| sure(i16::from_le_bytes(bytes));
    I32 i32, 4, |bytes| sure(i32::from_le_bytes(bytes));
    I64 i64, 8, |bytes| sure(i64::from_le_bytes(bytes));
    U8 u8, 1, |bytes| sure(u8::from_le_bytes(bytes));
    U16 u16, 2, |bytes| sure(u16::from_le_bytes(bytes));
    U32 u32, 4, |bytes| sure(u32::from_le_bytes(bytes));
    U64 u64, 8, |bytes| sure(u64::from_le_bytes(bytes));
    F16 f16, 2, |bytes| sure(f16::from_le_bytes(bytes));
    F32 f32, 4, |bytes| sure(f32::from_le_bytes(bytes));
    F64 f64, 8, |bytes| sure(f64::from_le_bytes(bytes));
}

/// An array that is filled, in pieces and by several threads, before it is a [`Tensor`].
pub struct TensorBuffer {
    elements: Elements,
    shape: Box<[usize]>,
    order: Order,
}

impl TensorPiece<'_> {
    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Every pattern of bits is a number.
fn sure<T>(element: T) -> Result<T, TensorError> {
    Ok(element)
}

fn boolean([byte]: [u8; 1]) -> Result<bool, TensorError> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let message = format!("expected the byte 0 or 1, found {byte}");
            Err(TensorError::Bytes { dtype: DType::Bool, message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_whole() {
        let mut buffer = TensorBuffer::zeroed(DType::I16, &[5], Order::C).unwrap();
        let (mut first, mut rest) = buffer.whole().split_at(2);
        rest.copy_from_bytes(&[3, 0, 4, 0, 5, 0]).unwrap();
        first.copy_from_bytes(&[1, 0, 2, 0]).unwrap();
        assert_eq!(buffer.finish().unwrap(), Tensor::vector(vec![1i16, 2, 3, 4, 5]));
    }

    #[test]
    fn wrong_bytes_are_refused() {
        let mut buffer = TensorBuffer::zeroed(DType::Bool, &[2], Order::C).unwrap();
        assert!(buffer.whole().copy_from_bytes(&[1]).is_err());
        assert!(buffer.whole().copy_from_bytes(&[1, 2]).is_err());
        assert!(TensorBuffer::zeroed(DType::F64, &[usize::MAX], Order::C).is_err());
    }
}
