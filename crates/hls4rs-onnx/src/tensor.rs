//! Constants of an ONNX file.

use half::f16;
use hls4rs_types::{DType, Order, Tensor};

use crate::proto::TensorProto;

/// Why a constant cannot be read.
pub(crate) type Fault = String;

/// A constant as an array. `external` gives the bytes of one that is in another file.
pub(crate) fn tensor(
    proto: &TensorProto,
    external: impl FnOnce(&TensorProto) -> Result<Vec<u8>, Fault>,
) -> Result<Tensor, Fault> {
    let shape = shape(&proto.dims)?;
    let count = shape
        .iter()
        .try_fold(1usize, |count, n| count.checked_mul(*n))
        .ok_or("expected a size that can be counted")?;
    let (dtype, name) = dtype(proto.data_type.unwrap_or_default())?;
    let bytes = match (&proto.raw_data, proto.data_location.unwrap_or_default()) {
        (_, 1) => Some(external(proto)?),
        (Some(raw), _) => Some(raw.clone()),
        (None, _) => None,
    };
    let bytes = match bytes {
        Some(bytes) => bytes,
        None => typed(proto, dtype, count)?,
    };
    let expected = count.checked_mul(dtype.size()).ok_or("expected a size that can be counted")?;
    if bytes.len() != expected {
        return Err(format!(
            "expected {expected} bytes for {count} elements of {name}, found {}",
            bytes.len()
        ));
    }
    Tensor::from_bytes(dtype, &shape, Order::C, &bytes).map_err(|error| error.to_string())
}

fn shape(dims: &[i64]) -> Result<Vec<usize>, Fault> {
    let size =
        |dim: &i64| usize::try_from(*dim).map_err(|_| format!("expected dimensions from 0, found {dim}"));
    dims.iter().map(size).collect()
}

/// The element type by its number in ONNX.
pub(crate) fn dtype(number: i32) -> Result<(DType, &'static str), Fault> {
    Ok(match number {
        1 => (DType::F32, "float32"),
        2 => (DType::U8, "uint8"),
        3 => (DType::I8, "int8"),
        4 => (DType::U16, "uint16"),
        5 => (DType::I16, "int16"),
        6 => (DType::I32, "int32"),
        7 => (DType::I64, "int64"),
        9 => (DType::Bool, "bool"),
        10 => (DType::F16, "float16"),
        11 => (DType::F64, "float64"),
        12 => (DType::U32, "uint32"),
        13 => (DType::U64, "uint64"),
        other => {
            return Err(format!(
                "expected integers, booleans or floats of 16 to 64 bits, found type {other} of ONNX"
            ));
        }
    })
}

/// The bytes of elements that are given one by one.
fn typed(proto: &TensorProto, dtype: DType, count: usize) -> Result<Vec<u8>, Fault> {
    let ints = || proto.int32_data.iter().copied();
    let found = match dtype {
        DType::F32 => proto.float_data.len(),
        DType::F64 => proto.double_data.len(),
        DType::I64 => proto.int64_data.len(),
        DType::U32 | DType::U64 => proto.uint64_data.len(),
        _ => proto.int32_data.len(),
    };
    if found != count {
        return Err(format!("expected {count} elements, found {found}"));
    }
    // narrow types are stored as 32-bit integers, of which the low bits are the value
    Ok(match dtype {
        DType::F32 => proto.float_data.iter().flat_map(|value| value.to_le_bytes()).collect(),
        DType::F64 => proto.double_data.iter().flat_map(|value| value.to_le_bytes()).collect(),
        DType::I64 => proto.int64_data.iter().flat_map(|value| value.to_le_bytes()).collect(),
        DType::U64 => proto.uint64_data.iter().flat_map(|value| value.to_le_bytes()).collect(),
        DType::U32 => proto.uint64_data.iter().flat_map(|value| (*value as u32).to_le_bytes()).collect(),
        DType::I32 => ints().flat_map(i32::to_le_bytes).collect(),
        DType::I16 | DType::U16 => ints().flat_map(|value| (value as u16).to_le_bytes()).collect(),
        DType::F16 => ints().flat_map(|value| f16::from_bits(value as u16).to_le_bytes()).collect(),
        DType::Bool => ints().map(|value| u8::from(value != 0)).collect(),
        _ => ints().map(|value| value as u8).collect(),
    })
}
