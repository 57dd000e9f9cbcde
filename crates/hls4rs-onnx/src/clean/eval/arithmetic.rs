//! Arithmetic with constants.
//!
//! Elements are computed in double precision and rounded to their type, which gives what computing in single precision gives:
//! a double has more than twice the bits.

use hls4rs_types::{DType, Tensor};

use super::cast::of_values;
use super::pick::{broadcast, stretched};
use crate::node::OnnxNode;

/// Operators on two constants.
pub(super) const BINARY: &[&str] = &["Add", "Sub", "Mul", "Div", "Max", "Min"];

/// Operators on one constant.
pub(super) const UNARY: &[&str] = &["Neg", "Sqrt", "Abs", "Floor", "Ceil", "Reciprocal", "Relu"];

pub(super) fn binary(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let &[a, b] = inputs else { return None };
    // the factors of a `Gemm` are doubles in qonnx, and what they meet are not
    let dtype = if a.len() >= b.len() { a.dtype() } else { b.dtype() };
    let is_integer = !matches!(dtype, DType::F16 | DType::F32 | DType::F64);
    let shape = broadcast(a.shape(), b.shape())?;
    let (a, b) = (stretched(a, &shape)?, stretched(b, &shape)?);
    let combine: fn(f64, f64) -> f64 = match node.op_type.as_str() {
        "Add" => |a, b| a + b,
        "Sub" => |a, b| a - b,
        "Mul" => |a, b| a * b,
        "Div" if is_integer => |a, b| if b == 0.0 { 0.0 } else { (a / b).trunc() },
        "Div" => |a, b| a / b,
        "Max" => f64::max,
        "Min" => f64::min,
        _ => return None,
    };
    let pairs = a.iter_f64().ok()?.zip(b.iter_f64().ok()?);
    of_values(dtype, &shape, pairs.map(|(a, b)| combine(a, b)))
}

pub(super) fn unary(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let tensor = inputs.first()?;
    let apply: fn(f64) -> f64 = match node.op_type.as_str() {
        "Neg" => |value| -value,
        "Sqrt" => f64::sqrt,
        "Abs" => f64::abs,
        "Floor" => f64::floor,
        "Ceil" => f64::ceil,
        "Reciprocal" => |value| 1.0 / value,
        "Relu" => |value| value.max(0.0),
        _ => return None,
    };
    of_values(tensor.dtype(), tensor.shape(), tensor.iter_f64().ok()?.map(apply))
}

/// Limits as inputs, where they are given.
pub(super) fn clip(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let (tensor, limits) = inputs.split_first()?;
    let limit = |index: usize, name: &str, default: f64| match limits.get(index) {
        Some(limit) => limit.iter_f64().ok()?.next(),
        None => Some(node.float(name).unwrap_or(default)),
    };
    let (low, high) = (limit(0, "min", f64::NEG_INFINITY)?, limit(1, "max", f64::INFINITY)?);
    let values = tensor.iter_f64().ok()?.map(|value| value.max(low).min(high));
    of_values(tensor.dtype(), tensor.shape(), values)
}
