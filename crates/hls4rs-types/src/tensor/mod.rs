//! Arrays of any rank and element type, shared rather than copied.

pub(crate) mod inline;

use std::fmt;

use half::f16;
use ndarray::{ArcArray, ArrayD, ArrayViewD, IxDyn, ShapeBuilder};

/// The type of an array's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    /// True or false, one byte each.
    Bool,
    /// 8-bit signed integer.
    I8,
    /// 16-bit signed integer.
    I16,
    /// 32-bit signed integer.
    I32,
    /// 64-bit signed integer.
    I64,
    /// 8-bit unsigned integer.
    U8,
    /// 16-bit unsigned integer.
    U16,
    /// 32-bit unsigned integer.
    U32,
    /// 64-bit unsigned integer.
    U64,
    /// Half precision floating point.
    F16,
    /// Single precision floating point.
    F32,
    /// Double precision floating point.
    F64,
}

/// The order in which elements lie in memory and in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The last index runs fastest, as in C.
    C,
    /// The first index runs fastest, as in Fortran.
    Fortran,
}

/// Why elements and shape make no array.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The number of elements is not the product of the dimensions.
    #[error("array of shape {shape:?}: expected {expected} elements, found {found}")]
    ElementCount {
        /// The dimensions.
        shape: Vec<usize>,
        /// Their product.
        expected: usize,
        /// Number of elements given.
        found: usize,
    },
    /// The product of the dimensions does not fit into a machine word.
    #[error("array of shape {shape:?}: more elements than can be addressed")]
    Overflow {
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// The bytes are not a whole number of elements, or not those of the type.
    #[error("array of {dtype}: {message}")]
    Bytes {
        /// Type of the elements.
        dtype: DType,
        /// What is wrong with them.
        message: String,
    },
}

macro_rules! elements {
    ($($variant:ident $element:ty, $name:literal, $size:literal;)*) => {
        /// The elements of a [`Tensor`], by type.
        #[derive(Debug, Clone)]
        pub enum TensorData {
            $(#[doc = concat!("Elements of type `", $name, "`.")]
            $variant(ArcArray<$element, IxDyn>),)*
        }

        impl DType {
            /// All types.
            pub const ALL: [Self; 12] = [$(Self::$variant),*];

            /// The name, as NumPy has it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Bytes per element.
            #[must_use]
            pub fn size(self) -> usize {
                match self { $(Self::$variant => $size),* }
            }
        }

        $(impl Element for $element {
            const DTYPE: DType = DType::$variant;

            fn wrap(array: ArcArray<Self, IxDyn>) -> TensorData {
                TensorData::$variant(array)
            }

            fn view(data: &TensorData) -> Option<ArrayViewD<'_, Self>> {
                match data {
                    TensorData::$variant(array) => Some(array.view()),
                    _ => None,
                }
            }
        })*

        /// Evaluates an expression with the typed array of a tensor's data, whatever the type.
        macro_rules! with_array {
            ($data:expr, $array:ident => $result:expr) => {
                match $data { $(TensorData::$variant($array) => $result),* }
            };
        }
    };
}

elements! {
    Bool bool, "bool", 1;
    I8 i8, "int8", 1;
    I16 i16, "int16", 2;
    I32 i32, "int32", 4;
    I64 i64, "int64", 8;
    U8 u8, "uint8", 1;
    U16 u16, "uint16", 2;
    U32 u32, "uint32", 4;
    U64 u64, "uint64", 8;
    F16 f16, "float16", 2;
    F32 f32, "float32", 4;
    F64 f64, "float64", 8;
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A type that can be the element of a [`Tensor`].
pub trait Element: Copy + fmt::Debug + Send + Sync + 'static {
    /// The element type's tag.
    const DTYPE: DType;

    /// Wraps an array of this type.
    fn wrap(array: ArcArray<Self, IxDyn>) -> TensorData;

    /// The array, if it is of this type.
    fn view(data: &TensorData) -> Option<ArrayViewD<'_, Self>>;
}

/// An immutable array of any rank, shared by reference counting.
///
/// Equality is to the bit: same element type, shape, order and bytes, so that NaN equals itself and −0 differs from 0.
#[derive(Clone)]
pub struct Tensor {
    data: TensorData,
}

impl Tensor {
    /// An array from elements in C order.
    ///
    /// # Errors
    /// If the number of elements is not the product of the dimensions.
    pub fn new<T: Element>(shape: &[usize], elements: Vec<T>) -> Result<Self, TensorError> {
        Self::with_order(shape, elements, Order::C)
    }

    /// An array from elements that lie in the given order.
    ///
    /// # Errors
    /// If the number of elements is not the product of the dimensions.
    pub fn with_order<T: Element>(
        shape: &[usize],
        elements: Vec<T>,
        order: Order,
    ) -> Result<Self, TensorError> {
        let expected = element_count(shape)?;
        let found = elements.len();
        let dimensions = IxDyn(shape).set_f(order == Order::Fortran);
        let array = ArrayD::from_shape_vec(dimensions, elements).map_err(|_| TensorError::ElementCount {
            shape: shape.to_vec(),
            expected,
            found,
        })?;
        Ok(Self { data: T::wrap(array.into_shared()) })
    }

    /// An array of one dimension.
    #[must_use]
    pub fn vector<T: Element>(elements: Vec<T>) -> Self {
        Self { data: T::wrap(ndarray::Array1::from_vec(elements).into_dyn().into_shared()) }
    }

    /// An array of zeros of single precision.
    ///
    /// # Errors
    /// If there are more elements than can be addressed.
    pub fn zeros(shape: &[usize]) -> Result<Self, TensorError> {
        Self::new(shape, vec![0f32; element_count(shape)?])
    }

    /// The elements by type.
    #[must_use]
    pub fn data(&self) -> &TensorData {
        &self.data
    }

    /// Type of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        fn of<T: Element>(_: &ArcArray<T, IxDyn>) -> DType {
            T::DTYPE
        }
        with_array!(&self.data, array => of(array))
    }

    /// The dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        with_array!(&self.data, array => array.shape())
    }

    /// Number of dimensions.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        with_array!(&self.data, array => array.len())
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How the elements lie. Where both orders are the same, as with one dimension, it is C.
    #[must_use]
    pub fn order(&self) -> Order {
        if with_array!(&self.data, array => array.is_standard_layout()) { Order::C } else { Order::Fortran }
    }

    /// The array seen with its element type, if it is `T`.
    #[must_use]
    pub fn view<T: Element>(&self) -> Option<ArrayViewD<'_, T>> {
        T::view(&self.data)
    }

    /// Number of elements that are not zero; NaN is not zero.
    #[must_use]
    pub fn count_nonzero(&self) -> usize {
        self.iter_f64().filter(|value| *value != 0.0).count()
    }

    /// The elements in C order as double precision. Exact but for 64-bit integers beyond 2^53.
    pub fn iter_f64(&self) -> Box<dyn Iterator<Item = f64> + '_> {
        match &self.data {
            TensorData::Bool(array) => Box::new(array.iter().map(|&value| f64::from(u8::from(value)))),
            TensorData::I8(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::I16(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::I32(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::I64(array) => Box::new(array.iter().map(|&value| value as f64)),
            TensorData::U8(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::U16(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::U32(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::U64(array) => Box::new(array.iter().map(|&value| value as f64)),
            TensorData::F16(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::F32(array) => Box::new(array.iter().map(|&value| f64::from(value))),
            TensorData::F64(array) => Box::new(array.iter().copied()),
        }
    }

    /// The elements as little-endian bytes, in the array's own order.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        macro_rules! bytes {
            ($array:expr) => {{
                let mut bytes = Vec::with_capacity($array.len() * self.dtype().size());
                in_memory_order($array, |value| bytes.extend_from_slice(&value.to_le_bytes()));
                bytes
            }};
        }
        match &self.data {
            TensorData::Bool(array) => {
                let mut bytes = Vec::with_capacity(array.len());
                in_memory_order(array, |value| bytes.push(u8::from(*value)));
                bytes
            }
            TensorData::I8(array) => bytes!(array),
            TensorData::I16(array) => bytes!(array),
            TensorData::I32(array) => bytes!(array),
            TensorData::I64(array) => bytes!(array),
            TensorData::U8(array) => bytes!(array),
            TensorData::U16(array) => bytes!(array),
            TensorData::U32(array) => bytes!(array),
            TensorData::U64(array) => bytes!(array),
            TensorData::F16(array) => bytes!(array),
            TensorData::F32(array) => bytes!(array),
            TensorData::F64(array) => bytes!(array),
        }
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
        macro_rules! elements {
            ($element:ty, $size:literal) => {{
                let (chunks, _) = bytes.as_chunks::<$size>();
                let elements = chunks.iter().map(|chunk| <$element>::from_le_bytes(*chunk)).collect();
                Self::with_order::<$element>(shape, elements, order)
            }};
        }
        match dtype {
            DType::Bool => {
                if let Some(byte) = bytes.iter().find(|byte| **byte > 1) {
                    let message = format!("expected the byte 0 or 1, found {byte}");
                    return Err(TensorError::Bytes { dtype, message });
                }
                Self::with_order(shape, bytes.iter().map(|byte| *byte == 1).collect(), order)
            }
            DType::I8 => elements!(i8, 1),
            DType::I16 => elements!(i16, 2),
            DType::I32 => elements!(i32, 4),
            DType::I64 => elements!(i64, 8),
            DType::U8 => elements!(u8, 1),
            DType::U16 => elements!(u16, 2),
            DType::U32 => elements!(u32, 4),
            DType::U64 => elements!(u64, 8),
            DType::F16 => elements!(f16, 2),
            DType::F32 => elements!(f32, 4),
            DType::F64 => elements!(f64, 8),
        }
    }

    /// Whether both share one memory.
    #[must_use]
    pub fn shares_memory(&self, other: &Self) -> bool {
        let address = |tensor: &Self| with_array!(&tensor.data, array => array.as_ptr() as usize);
        self.dtype() == other.dtype() && self.shape() == other.shape() && address(self) == address(other)
    }
}

/// Product of the dimensions.
fn element_count(shape: &[usize]) -> Result<usize, TensorError> {
    let product = shape.iter().try_fold(1usize, |product, dimension| product.checked_mul(*dimension));
    product.ok_or_else(|| TensorError::Overflow { shape: shape.to_vec() })
}

/// Visits the elements in the order in which they lie in memory.
fn in_memory_order<'a, T: Element>(array: &'a ArcArray<T, IxDyn>, visit: impl FnMut(&'a T)) {
    if let Some(elements) = array.as_slice_memory_order() {
        elements.iter().for_each(visit);
    } else if array.is_standard_layout() {
        array.iter().for_each(visit);
    } else {
        array.view().reversed_axes().into_iter().for_each(visit);
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.dtype() == other.dtype()
            && self.shape() == other.shape()
            && self.order() == other.order()
            && (self.shares_memory(other) || self.to_bytes() == other.to_bytes())
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = if self.order() == Order::Fortran { ", Fortran order" } else { "" };
        write!(f, "Tensor({} {:?}{order})", self.dtype(), self.shape())
    }
}

impl<T: Element> From<ArrayD<T>> for Tensor {
    /// Shares the array, which must lie in C or Fortran order without gaps; any other is brought into C order.
    fn from(array: ArrayD<T>) -> Self {
        let is_plain = array.is_standard_layout() || array.t().is_standard_layout();
        let array = if is_plain { array } else { array.as_standard_layout().into_owned() };
        Self { data: T::wrap(array.into_shared()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_fortran_order() {
        let tensor =
            Tensor::with_order(&[2, 3], vec![1f32, 4.0, 2.0, 5.0, 3.0, 6.0], Order::Fortran).unwrap();
        assert_eq!(tensor.order(), Order::Fortran);
        assert_eq!(tensor.iter_f64().collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let back = Tensor::from_bytes(DType::F32, &[2, 3], Order::Fortran, &tensor.to_bytes()).unwrap();
        assert_eq!(back, tensor);
        assert_ne!(Tensor::new(&[2, 3], vec![1f32, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap(), tensor);
    }

    #[test]
    fn every_type_survives_its_bytes() {
        for dtype in DType::ALL {
            let bytes: Vec<u8> = (0..6 * dtype.size()).map(|i| (i % 2) as u8).collect();
            for order in [Order::C, Order::Fortran] {
                let tensor = Tensor::from_bytes(dtype, &[3, 2], order, &bytes).unwrap();
                assert_eq!((tensor.dtype(), tensor.to_bytes()), (dtype, bytes.clone()));
            }
        }
    }

    #[test]
    fn equality_is_to_the_bit() {
        assert_eq!(Tensor::vector(vec![f32::NAN]), Tensor::vector(vec![f32::NAN]));
        assert_ne!(Tensor::vector(vec![0f32]), Tensor::vector(vec![-0f32]));
        assert_ne!(Tensor::vector(vec![0f32]), Tensor::vector(vec![0f64]));
    }

    #[test]
    fn refuses_wrong_counts() {
        assert!(matches!(
            Tensor::new(&[2, 2], vec![0u8; 3]),
            Err(TensorError::ElementCount { found: 3, .. })
        ));
        assert!(matches!(Tensor::zeros(&[usize::MAX, 2]), Err(TensorError::Overflow { .. })));
        let error = Tensor::from_bytes(DType::Bool, &[1], Order::C, &[2]).unwrap_err();
        assert_eq!(error.to_string(), "array of bool: expected the byte 0 or 1, found 2");
    }

    #[test]
    fn scalars_and_empty_arrays_exist() {
        assert_eq!(Tensor::new(&[], vec![1f64]).unwrap().len(), 1);
        assert!(Tensor::new(&[0, 3], Vec::<f64>::new()).unwrap().is_empty());
    }
}
