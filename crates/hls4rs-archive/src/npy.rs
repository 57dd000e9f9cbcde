//! Arrays in NumPy's `.npy` format.
//!
//! **Source:** NumPy's `numpy.lib.format`. NumPy leaves room in the header for a growing first dimension; to be equal
//! byte for byte, so does this writer. The header is looked at before anything is allocated; what NumPy itself would not
//! have written so goes through the stricter eyes of a second parser.

use half::f16;
use hls4rs_types::{DType, Element, Order, Tensor};
use ndarray::ArrayD;
use ndarray_npy::{ReadNpyExt, ReadableElement};

use crate::limits::Limit;
use crate::{ArchiveError, ReadLimits};

const MAGIC: &[u8] = b"\x93NUMPY";

/// Digits that NumPy leaves for the dimension that may grow.
const GROWTH_DIGITS: usize = 21;

/// Header lengths are multiples of this.
const ALIGNMENT: usize = 64;

/// Reads an array. `member` names it in errors.
///
/// # Errors
/// If the bytes are no array, its elements are of a type that has no place here (Python objects above all, which are
/// pickled code), or header and data disagree.
pub fn read_npy(member: &str, bytes: &[u8]) -> Result<Tensor, ArchiveError> {
    read_npy_within(member, bytes, &ReadLimits::default())
}

/// The same within limits.
pub(crate) fn read_npy_within(
    member: &str,
    bytes: &[u8],
    limits: &ReadLimits,
) -> Result<Tensor, ArchiveError> {
    let length = header_length(bytes).map_err(|message| ArchiveError::array(member, message))?;
    let (text, data) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
    let header = Header::parse(member, text, data.len() as u64, limits)?;
    if header.is_plain {
        let tensor = Tensor::from_bytes(header.dtype, &header.shape, header.order, data);
        return tensor.map_err(|error| ArchiveError::array(member, error));
    }
    match header.dtype {
        DType::Bool => typed::<bool>(member, bytes),
        DType::I8 => typed::<i8>(member, bytes),
        DType::I16 => typed::<i16>(member, bytes),
        DType::I32 => typed::<i32>(member, bytes),
        DType::I64 => typed::<i64>(member, bytes),
        DType::U8 => typed::<u8>(member, bytes),
        DType::U16 => typed::<u16>(member, bytes),
        DType::U32 => typed::<u32>(member, bytes),
        DType::U64 => typed::<u64>(member, bytes),
        DType::F32 => typed::<f32>(member, bytes),
        DType::F64 => typed::<f64>(member, bytes),
        DType::F16 => halves(member, data, &header),
    }
}

fn typed<T: Element + ReadableElement>(member: &str, bytes: &[u8]) -> Result<Tensor, ArchiveError> {
    let array = ArrayD::<T>::read_npy(bytes).map_err(|error| ArchiveError::array(member, error))?;
    Ok(array.into())
}

/// Half precision, which the reader of the other types does not know, as 16-bit words.
fn halves(member: &str, data: &[u8], header: &Header) -> Result<Tensor, ArchiveError> {
    let (words, _) = data.as_chunks::<2>();
    let read = if header.is_big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
    let elements = words.iter().map(|word| f16::from_bits(read(*word))).collect();
    let tensor = Tensor::with_order::<f16>(&header.shape, elements, header.order);
    tensor.map_err(|error| ArchiveError::array(member, error))
}

/// Writes an array as `numpy.save` does. `member` names the array in errors.
///
/// # Errors
/// If the elements cannot be loaded.
pub fn write_npy(member: &str, tensor: &Tensor) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = npy_header(tensor.dtype(), tensor.order(), tensor.shape());
    let elements = tensor.append_bytes(0..tensor.len(), &mut bytes);
    elements.map_err(|error| ArchiveError::array(member, error))?;
    Ok(bytes)
}

/// What stands before the elements.
pub(crate) fn npy_header(dtype: DType, order: Order, shape: &[usize]) -> Vec<u8> {
    let mut header = dictionary(dtype, order, shape);
    let growing = if order == Order::Fortran { shape.last() } else { shape.first() };
    if let Some(growing) = growing {
        header.push_str(&" ".repeat(GROWTH_DIGITS.saturating_sub(growing.to_string().len())));
    }
    let version_one = MAGIC.len() + 4 + header.len() < usize::from(u16::MAX) - ALIGNMENT;
    let prefix = MAGIC.len() + 2 + if version_one { 2 } else { 4 };
    let unpadded = prefix + header.len() + 1;
    let padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    let length = header.len() + padding + 1;
    let mut bytes = MAGIC.to_vec();
    if version_one {
        bytes.extend([1, 0]);
        bytes.extend((length as u16).to_le_bytes());
    } else {
        bytes.extend([2, 0]);
        bytes.extend((length as u32).to_le_bytes());
    }
    bytes.extend(header.as_bytes());
    bytes.extend(std::iter::repeat_n(b' ', padding));
    bytes.push(b'\n');
    bytes
}

/// The header as NumPy writes it, without blanks behind it.
fn dictionary(dtype: DType, order: Order, shape: &[usize]) -> String {
    let order = if order == Order::Fortran { "True" } else { "False" };
    let dimensions: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let (dtype, dimensions) = (type_descriptor(dtype), dimensions.join(", "));
    format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': ({dimensions}{comma}), }}")
}

/// Most bytes of a header.
const MOST: usize = 64 * 1024;

/// How many bytes at the beginning tell how long the header is.
pub(crate) const PRELUDE: usize = 12;

/// Length of everything before the elements, by the first [`PRELUDE`] bytes.
pub(crate) fn header_length(prelude: &[u8]) -> Result<usize, String> {
    let rest = prelude.strip_prefix(MAGIC).ok_or("expected an array of NumPy, found something else")?;
    let length = match rest {
        [1, _, a, b, ..] => 10 + usize::from(u16::from_le_bytes([*a, *b])),
        [2 | 3, _, a, b, c, d, ..] => {
            usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX).saturating_add(12)
        }
        [1..=3, ..] => return Err("expected a whole header, found the end".to_owned()),
        [version, ..] => return Err(format!("expected a format version from 1 to 3, found {version}")),
        [] => return Err("expected a format version, found the end".to_owned()),
    };
    if length > MOST {
        return Err(format!("expected a header of at most {MOST} bytes, found {length}"));
    }
    Ok(length)
}

/// What stands before the elements.
pub(crate) struct Header {
    pub(crate) dtype: DType,
    is_big_endian: bool,
    pub(crate) order: Order,
    pub(crate) shape: Vec<usize>,
    /// Whether it reads as NumPy on a little-endian machine writes it: then nothing in it can have been overlooked.
    is_plain: bool,
    /// Whether it is, to the byte, what is written here for such an array.
    pub(crate) is_ours: bool,
}

impl Header {
    /// Whether the first index runs fastest.
    pub(crate) fn is_fortran(&self) -> bool {
        self.order == Order::Fortran
    }

    /// Reads a header, of that length, before so many bytes of elements.
    pub(crate) fn parse(
        member: &str,
        bytes: &[u8],
        size: u64,
        limits: &ReadLimits,
    ) -> Result<Self, ArchiveError> {
        let fail = |message| ArchiveError::array(member, message);
        let header = Self::read(bytes).map_err(fail)?;
        let place = || format!("array `{member}`");
        limits.check(Limit::Rank, header.shape.len(), place)?;
        let shape = &header.shape;
        let count = element_count(shape);
        limits.check(Limit::Elements, count.unwrap_or(usize::MAX), place)?;
        let expected = count.and_then(|count| count.checked_mul(header.dtype.size()));
        if expected.map(|expected| expected as u64) != Some(size) {
            let member = member.to_owned();
            let expected = expected.map_or("more than can be addressed".to_owned(), |size| size.to_string());
            let (shape, dtype) = (header.shape, header.dtype);
            return Err(ArchiveError::ArraySize { member, shape, dtype, expected, found: size });
        }
        Ok(header)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let length = header_length(bytes)?;
        if bytes.len() < length {
            return Err("expected a whole header, found the end".to_owned());
        }
        let start = if bytes.get(6) == Some(&1) { 10 } else { 12 };
        let header = bytes.get(start..length).unwrap_or_default();
        let header = str::from_utf8(header).map_err(|error| format!("header: {error}"))?;
        let quoted = between(header, "'descr'", &[',', '}']).ok_or("header: expected `descr`, found none")?;
        let (dtype, is_big_endian) = dtype_of(quoted.trim_matches(['\'', '"']))?;
        let order = match between(header, "'fortran_order'", &[',', '}']) {
            Some("True") => Order::Fortran,
            Some("False") => Order::C,
            found => return Err(format!("header: `fortran_order`: expected True or False, found {found:?}")),
        };
        let listed = between(header, "'shape'", &[')']).and_then(|shape| shape.strip_prefix('('));
        let listed = listed.ok_or("header: expected `shape`, found none")?;
        let shape = dimensions(listed)?;
        if !is_all(header, quoted, order, listed) {
            return Err(
                "header: expected `descr`, `fortran_order` and `shape`, found something else".to_owned()
            );
        }
        let plain = header.strip_suffix('\n').map(|header| header.trim_end_matches(' '));
        let is_plain = plain == Some(dictionary(dtype, order, &shape).as_str());
        let is_ours = is_plain && bytes.get(..length) == Some(npy_header(dtype, order, &shape).as_slice());
        Ok(Self { dtype, is_big_endian, order, shape, is_plain, is_ours })
    }
}

/// The value behind a key, up to one of the delimiters.
fn between<'a>(header: &'a str, key: &str, ends: &[char]) -> Option<&'a str> {
    let (_, rest) = header.split_once(key)?;
    let rest = rest.trim_start().strip_prefix(':')?;
    Some(rest[..rest.find(ends)?].trim())
}

/// Product of the dimensions, if steps along them can be counted: a dimension of zero does not make up for the others.
fn element_count(shape: &[usize]) -> Option<usize> {
    let mut others = shape.iter().copied().filter(|dimension| *dimension > 0);
    let product = others.try_fold(1, usize::checked_mul)?;
    isize::try_from(product).ok()?;
    Some(if shape.contains(&0) { 0 } else { product })
}

/// Whether these values are all that a header says. A reader that takes the last of two equal keys would otherwise believe
/// what was never looked at.
fn is_all(header: &str, descriptor: &str, order: Order, shape: &str) -> bool {
    let squeezed = |text: &str| text.split_ascii_whitespace().collect::<String>();
    let order = if order == Order::Fortran { "True" } else { "False" };
    let mut rest = squeezed(header);
    for (key, value) in [("descr", descriptor), ("fortran_order", order), ("shape", &format!("({shape})"))] {
        rest = rest.replacen(&format!("'{key}':{}", squeezed(value)), "", 1);
    }
    matches!(rest.as_str(), "{,,}" | "{,,,}")
}

fn dimensions(shape: &str) -> Result<Vec<usize>, String> {
    let pieces = shape.split(',').map(str::trim).filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            piece
                .trim_end_matches('L')
                .parse()
                .map_err(|_| format!("header: `shape`: expected dimensions, found `{piece}`"))
        })
        .collect()
}

fn dtype_of(descriptor: &str) -> Result<(DType, bool), String> {
    if descriptor.contains('O') {
        let message = "expected numbers, found Python objects, which are pickled code and never read";
        return Err(message.to_owned());
    }
    let (order, name) = descriptor.split_at_checked(1).unwrap_or(("", descriptor));
    let dtype = DType::ALL.into_iter().find(|dtype| &type_descriptor(*dtype)[1..] == name);
    match (order, dtype) {
        ("<" | "|" | "=", Some(dtype)) => Ok((dtype, false)),
        (">", Some(dtype)) => Ok((dtype, true)),
        _ => Err(format!(
            "expected booleans, integers or floats of 16 to 64 bits, found the type `{descriptor}`"
        )),
    }
}

fn type_descriptor(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "|b1",
        DType::I8 => "|i1",
        DType::I16 => "<i2",
        DType::I32 => "<i4",
        DType::I64 => "<i8",
        DType::U8 => "|u1",
        DType::U16 => "<u2",
        DType::U32 => "<u4",
        DType::U64 => "<u8",
        DType::F16 => "<f2",
        DType::F32 => "<f4",
        DType::F64 => "<f8",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tensors() -> impl Strategy<Value = Tensor> {
        let shape = prop::collection::vec(0..4usize, 0..4);
        (shape, 0..DType::ALL.len(), any::<bool>(), any::<u8>()).prop_map(|(shape, dtype, fortran, seed)| {
            let dtype = DType::ALL[dtype];
            let size = shape.iter().product::<usize>() * dtype.size();
            let most = if dtype == DType::Bool { 2 } else { 251 };
            let bytes: Vec<u8> = (0..size).map(|i| ((i * 7 + usize::from(seed)) % most) as u8).collect();
            let order = if fortran { Order::Fortran } else { Order::C };
            Tensor::from_bytes(dtype, &shape, order, &bytes).unwrap()
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(tensor in tensors()) {
            let bytes = write_npy("a.npy", &tensor).unwrap();
            prop_assert_eq!((bytes.len() - tensor.to_bytes().unwrap().len()) % 64, 0);
            let back = read_npy("a.npy", &bytes).unwrap();
            prop_assert_eq!(write_npy("a.npy", &back).unwrap(), bytes);
            prop_assert_eq!(back, tensor);
        }

        #[test]
        fn damaged_headers_are_refused_or_read(tensor in tensors(), at in 0..200usize, byte in any::<u8>()) {
            let mut bytes = write_npy("a.npy", &tensor).unwrap();
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let _ = read_npy("a.npy", &bytes);
        }
    }

    /// A file with that header, of version 1, and that data.
    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() as u16 + 1).to_le_bytes();
        [MAGIC, &[1, 0], &length, header.as_bytes(), b"\n", data].concat()
    }

    #[test]
    fn header_is_numpys() {
        let tensor = Tensor::with_order(&[2, 3], vec![0f32; 6], Order::Fortran).unwrap();
        let bytes = write_npy("a.npy", &tensor).unwrap();
        let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00v\x00");
        assert_eq!(str::from_utf8(&bytes[10..128]).unwrap().trim_end(), header);
    }

    #[test]
    fn refuses_what_has_no_place_here() {
        let fail =
            |header: &str, data: &[u8]| read_npy("w.npy", &file(header, data)).unwrap_err().to_string();
        let objects = fail("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"x");
        assert!(objects.starts_with("array `w.npy`: expected numbers, found Python objects"), "{objects}");
        let complex = fail("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", &[0; 8]);
        assert!(complex.ends_with("found the type `<c8`"), "{complex}");
        let short = fail("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", &[0; 8]);
        assert!(short.ends_with("expected 16 bytes of data, found 8"), "{short}");
        let huge =
            fail("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", &[0; 8]);
        assert!(huge.contains("expected at most 1073741824 elements"), "{huge}");
        assert!(read_npy("w.npy", b"\x93NUMPY\x01\x00\xff\xff{").is_err());
        assert!(read_npy("w.npy", b"PK").is_err());
    }

    #[test]
    fn a_key_is_not_overruled() {
        for again in ["'shape'", "\"shape\"", "'\\x73hape'", "b'shape'"] {
            let header = format!(
                "{{'descr': '<i4', 'fortran_order': False, 'shape': (1,), {again}: (1099511627776,), }}"
            );
            let error = read_npy("w.npy", &file(&header, &[0; 4])).unwrap_err().to_string();
            assert!(error.starts_with("array `w.npy`: header: "), "{error}");
        }
    }

    #[test]
    fn an_empty_array_has_a_shape_that_fits() {
        let header = "{'descr': '<u2', 'fortran_order': False, 'shape': (0,9223372036854787570), }";
        let error = read_npy("w.npy", &file(header, &[])).unwrap_err().to_string();
        assert!(error.starts_with("array `w.npy`: expected at most 1073741824 elements"), "{error}");
    }

    #[test]
    fn other_byte_orders_are_read() {
        let big = file("{'descr': '>f2', 'fortran_order': False, 'shape': (1,), }", &[0x3c, 0]);
        assert_eq!(read_npy("w.npy", &big).unwrap(), Tensor::vector(vec![f16::ONE]));
        let big = file("{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }", &[0, 0, 1, 0]);
        assert_eq!(read_npy("w.npy", &big).unwrap(), Tensor::vector(vec![256i32]));
    }
}
