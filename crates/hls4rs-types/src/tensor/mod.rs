//! Arrays of any rank and element type, shared rather than copied, and loaded when they are needed.

mod arithmetic;
mod buffer;
mod bytes;
mod error;
pub(crate) mod inline;
mod strided;

use std::fmt;
use std::sync::{Arc, OnceLock};

use half::f16;
use ndarray::{ArcArray, ArrayD, ArrayViewD, IxDyn, ShapeBuilder};

pub use arithmetic::Arithmetic;
pub use buffer::{TensorBuffer, TensorPiece};
pub use error::TensorError;
pub use strided::Strided;

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

            fn unwrap(data: TensorData) -> Option<ArcArray<Self, IxDyn>> {
                match data {
                    TensorData::$variant(array) => Some(array),
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

// behind the macro that it uses
mod slice;

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

    /// The array, if it is of this type.
    fn unwrap(data: TensorData) -> Option<ArcArray<Self, IxDyn>>;
}

/// An immutable array of any rank, shared by reference counting.
///
/// Element type, shape and order are known always. The elements may still be where the array comes from: they are
/// loaded when somebody first asks for them, which is why everything that looks at elements can fail.
///
/// Equality is to the bit: same element type, shape, order and bytes, so that NaN equals itself and −0 differs from 0.
/// An array whose elements cannot be loaded equals only what shares its memory.
#[derive(Clone)]
pub struct Tensor {
    shared: Arc<Shared>,
}

struct Shared {
    dtype: DType,
    shape: Box<[usize]>,
    order: Order,
    elements: OnceLock<Result<TensorData, TensorError>>,
    source: Option<Box<dyn TensorSource>>,
}

/// Where the elements of an array are until they are needed.
pub trait TensorSource: Send + Sync {
    /// The array with its elements: of the element type, shape and order that was announced.
    ///
    /// # Errors
    /// If the elements cannot be had; the message tells the place.
    fn load(&self) -> Result<Tensor, TensorError>;
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
        Ok(Self::of(array))
    }

    /// An array of one dimension.
    #[must_use]
    pub fn vector<T: Element>(elements: Vec<T>) -> Self {
        Self::of(ndarray::Array1::from_vec(elements).into_dyn())
    }

    /// An array of zeros of single precision.
    ///
    /// # Errors
    /// If there are more elements than can be addressed.
    pub fn zeros(shape: &[usize]) -> Result<Self, TensorError> {
        Self::new(shape, vec![0f32; element_count(shape)?])
    }

    /// An array whose elements are loaded when they are needed, once.
    ///
    /// # Errors
    /// If there are more elements than can be addressed.
    pub fn deferred(
        dtype: DType,
        shape: &[usize],
        order: Order,
        source: impl TensorSource + 'static,
    ) -> Result<Self, TensorError> {
        element_count(shape)?;
        let order = if order == Order::Fortran && is_fortran_only(shape) { order } else { Order::C };
        let (shape, source): (_, Box<dyn TensorSource>) = (shape.into(), Box::new(source));
        let shared = Shared { dtype, shape, order, elements: OnceLock::new(), source: Some(source) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The array lies in C or Fortran order without gaps.
    fn of<T: Element>(array: ArrayD<T>) -> Self {
        let order = if array.is_standard_layout() { Order::C } else { Order::Fortran };
        let shape = array.shape().into();
        let elements = OnceLock::from(Ok(T::wrap(array.into_shared())));
        Self { shared: Arc::new(Shared { dtype: T::DTYPE, shape, order, elements, source: None }) }
    }

    /// Loads the elements, if they are not here yet. Later calls give the same answer.
    ///
    /// # Errors
    /// If they cannot be had.
    pub fn load(&self) -> Result<(), TensorError> {
        self.data().map(|_| ())
    }

    /// Whether the elements are here.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        matches!(self.shared.elements.get(), Some(Ok(_)))
    }

    /// The elements by type.
    ///
    /// # Errors
    /// If they cannot be loaded.
    pub fn data(&self) -> Result<&TensorData, TensorError> {
        if self.shared.elements.get().is_none() {
            // not `get_or_init`: a source that uses all cores may, while it waits for them, be given a task that asks for
            // this very array. Whoever comes second loads it, too, and what came first is kept.
            let _ = self.shared.elements.set(self.fetch());
        }
        let nothing = || TensorError::Load { message: "the array has no elements".to_owned() };
        self.shared.elements.get().ok_or_else(nothing)?.as_ref().map_err(Clone::clone)
    }

    fn fetch(&self) -> Result<TensorData, TensorError> {
        let nowhere = || TensorError::Load { message: "the array has no elements and no source".to_owned() };
        let loaded = self.shared.source.as_ref().ok_or_else(nowhere)?.load()?;
        let is_announced = loaded.dtype() == self.dtype()
            && loaded.shape() == self.shape()
            && loaded.order() == self.order();
        if !is_announced {
            return Err(TensorError::Load { message: format!("expected {self:?}, found {loaded:?}") });
        }
        loaded.data().cloned()
    }

    /// Type of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.shared.dtype
    }

    /// The dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shared.shape
    }

    /// Number of dimensions.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        // every way to make an array has looked at the product
        self.shape().iter().product()
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How the elements lie. Where both orders are the same, as with one dimension, it is C.
    #[must_use]
    pub fn order(&self) -> Order {
        self.shared.order
    }

    /// The array seen with its element type.
    ///
    /// # Errors
    /// If it is not `T`, or the elements cannot be loaded.
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>, TensorError> {
        let wrong = TensorError::ElementType { expected: T::DTYPE, found: self.dtype() };
        T::view(self.data()?).ok_or(wrong)
    }

    /// The memory of the elements, in the order in which they lie, if they are loaded, of the type `T`, and shared with nobody.
    #[must_use]
    pub fn into_elements<T: Element>(self) -> Option<Vec<T>> {
        let count = self.len();
        let shared = Arc::into_inner(self.shared)?;
        let array = T::unwrap(shared.elements.into_inner()?.ok()?)?;
        let (elements, first) = array.try_into_owned_nocopy().ok()?.into_raw_vec_and_offset();
        (elements.len() == count && first.is_none_or(|first| first == 0)).then_some(elements)
    }

    /// Number of elements that are not zero; NaN is not zero.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn count_nonzero(&self) -> Result<usize, TensorError> {
        fn count<T: Element + PartialEq>(array: &ArcArray<T, IxDyn>, zero: T) -> usize {
            match array.as_slice_memory_order() {
                Some(elements) => elements.iter().filter(|element| **element != zero).count(),
                None => array.iter().filter(|element| **element != zero).count(),
            }
        }
        Ok(match self.data()? {
            TensorData::Bool(array) => count(array, false),
            TensorData::I8(array) => count(array, 0),
            TensorData::I16(array) => count(array, 0),
            TensorData::I32(array) => count(array, 0),
            TensorData::I64(array) => count(array, 0),
            TensorData::U8(array) => count(array, 0),
            TensorData::U16(array) => count(array, 0),
            TensorData::U32(array) => count(array, 0),
            TensorData::U64(array) => count(array, 0),
            TensorData::F16(array) => count(array, f16::ZERO),
            TensorData::F32(array) => count(array, 0.0),
            TensorData::F64(array) => count(array, 0.0),
        })
    }

    /// The elements in C order as double precision. Exact but for 64-bit integers beyond 2^53.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn iter_f64(&self) -> Result<Box<dyn Iterator<Item = f64> + '_>, TensorError> {
        Ok(match self.data()? {
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
        })
    }

    /// Whether both share one memory.
    #[must_use]
    pub fn shares_memory(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.shared, &other.shared) {
            return true;
        }
        let address = |tensor: &Self| {
            let data = tensor.shared.elements.get()?.as_ref().ok()?;
            Some(with_array!(data, array => array.as_ptr() as usize))
        };
        let known = address(self);
        self.is_alike(other) && known.is_some() && known == address(other)
    }

    /// Same element type, shape and order.
    fn is_alike(&self, other: &Self) -> bool {
        self.dtype() == other.dtype() && self.shape() == other.shape() && self.order() == other.order()
    }

    /// Whether all elements are of the same bits, for arrays that are alike.
    fn has_bits_of(&self, other: &Self) -> Result<bool, TensorError> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for start in (0..self.len()).step_by(COMPARED) {
            let some = start..start + COMPARED;
            ours.clear();
            theirs.clear();
            self.append_bytes(some.clone(), &mut ours)?;
            other.append_bytes(some, &mut theirs)?;
            if ours != theirs {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// How many elements are compared at a time.
const COMPARED: usize = 8192;

/// Whether Fortran order is another one than C order: at least two dimensions are more than 1, and none is 0.
fn is_fortran_only(shape: &[usize]) -> bool {
    !shape.contains(&0) && shape.iter().filter(|dimension| **dimension > 1).count() > 1
}

/// Product of the dimensions.
fn element_count(shape: &[usize]) -> Result<usize, TensorError> {
    let overflow = || TensorError::Overflow { shape: shape.to_vec() };
    // a dimension of zero does not make up for the others: steps along them are counted, too
    let mut others = shape.iter().copied().filter(|dimension| *dimension > 0);
    let product = others.try_fold(1, usize::checked_mul);
    let product = product.filter(|product| isize::try_from(*product).is_ok()).ok_or_else(overflow)?;
    Ok(if shape.contains(&0) { 0 } else { product })
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.is_alike(other) && (self.shares_memory(other) || self.has_bits_of(other).unwrap_or(false))
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
        Self::of(if is_plain { array } else { array.as_standard_layout().into_owned() })
    }
}

#[cfg(test)]
mod tests;
