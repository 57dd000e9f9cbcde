//! Constants, and other element types of them.

use half::f16;
use hls4rs_types::{DType, Order, Tensor};

use super::{count, integers};
use crate::node::{NodeAttribute, OnnxNode};
use crate::tensor::dtype;

pub(super) fn constant(node: &OnnxNode, _: &[&Tensor]) -> Option<Tensor> {
    let (name, value) = node.attributes.first()?;
    match (name.as_str(), value) {
        ("value", NodeAttribute::Tensor(value)) => Some(value.clone()),
        ("value_float", NodeAttribute::Float(value)) => Tensor::new(&[], vec![*value]).ok(),
        ("value_int", NodeAttribute::Int(value)) => Tensor::new(&[], vec![*value]).ok(),
        ("value_floats", NodeAttribute::Floats(values)) => Some(Tensor::vector(values.clone())),
        ("value_ints", NodeAttribute::Ints(values)) => Some(Tensor::vector(values.clone())),
        _ => None,
    }
}

pub(super) fn constant_of_shape(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let shape: Option<Vec<usize>> =
        integers(inputs.first()?)?.into_iter().map(|size| usize::try_from(size).ok()).collect();
    let shape = shape?;
    let count = count(&shape)?;
    match node.attributes.get("value") {
        None => Tensor::new(&shape, vec![0f32; count]).ok(),
        Some(NodeAttribute::Tensor(value)) => {
            let bytes = value.to_bytes().ok().filter(|_| value.len() == 1)?;
            Tensor::from_bytes(value.dtype(), &shape, Order::C, &bytes.repeat(count)).ok()
        }
        Some(_) => None,
    }
}

pub(super) fn cast(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let (target, _) = dtype(i32::try_from(node.int("to")?).ok()?).ok()?;
    let tensor = inputs.first()?;
    if target == DType::I64 {
        return Tensor::new(tensor.shape(), integers(tensor)?).ok();
    }
    of_values(target, tensor.shape(), tensor.iter_f64().ok()?)
}

/// A constant of numbers in an element type. Integers lose their fraction.
pub(super) fn of_values(dtype: DType, shape: &[usize], values: impl Iterator<Item = f64>) -> Option<Tensor> {
    fn all<const N: usize>(values: impl Iterator<Item = f64>, bytes: impl Fn(f64) -> [u8; N]) -> Vec<u8> {
        values.flat_map(bytes).collect()
    }
    let bytes = match dtype {
        DType::Bool => all(values, |value| [u8::from(value != 0.0)]),
        DType::I8 => all(values, |value| (value as i8).to_le_bytes()),
        DType::I16 => all(values, |value| (value as i16).to_le_bytes()),
        DType::I32 => all(values, |value| (value as i32).to_le_bytes()),
        DType::I64 => all(values, |value| (value as i64).to_le_bytes()),
        DType::U8 => all(values, |value| (value as u8).to_le_bytes()),
        DType::U16 => all(values, |value| (value as u16).to_le_bytes()),
        DType::U32 => all(values, |value| (value as u32).to_le_bytes()),
        DType::U64 => all(values, |value| (value as u64).to_le_bytes()),
        DType::F16 => all(values, |value| f16::from_f64(value).to_le_bytes()),
        DType::F32 => all(values, |value| (value as f32).to_le_bytes()),
        DType::F64 => all(values, f64::to_le_bytes),
    };
    Tensor::from_bytes(dtype, shape, Order::C, &bytes).ok()
}
