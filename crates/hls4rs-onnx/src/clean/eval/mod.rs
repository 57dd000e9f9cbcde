//! Evaluation of operations on constants.

mod arithmetic;
mod cast;
mod moves;
mod pick;
mod quantize;

use hls4rs_types::Tensor;

use crate::node::OnnxNode;

pub(super) use moves::{reshaped, transposed};

/// Computes an operation, or nothing if it cannot be computed.
type Evaluate = fn(&OnnxNode, &[&Tensor]) -> Option<Tensor>;

/// Operators, with what computes them.
const RULES: &[(&[&str], Evaluate)] = &[
    (&["Constant"], cast::constant),
    (&["ConstantOfShape"], cast::constant_of_shape),
    (&["Cast"], cast::cast),
    (&["Identity", "Dropout"], moves::identity),
    (&["Reshape", "Flatten", "Unsqueeze", "Squeeze"], moves::reshape),
    (&["Transpose"], moves::transpose),
    (&["Shape"], moves::shape),
    (&["Gather"], pick::gather),
    (&["Slice"], pick::slice),
    (&["Concat"], pick::concat),
    (&["Expand"], pick::expand),
    (arithmetic::BINARY, arithmetic::binary),
    (arithmetic::UNARY, arithmetic::unary),
    (&["Clip"], arithmetic::clip),
    (&["Quant", "IntQuant"], quantize::quant),
    (&["DequantizeLinear"], quantize::dequantize),
    (&["QuantizeLinear"], quantize::quantize),
];

/// Elements that a computed constant may have which is larger than what it is computed from.
pub(super) const MOST: usize = 1 << 22;

/// Computes an operation on constants in the precision of ONNX Runtime, or nothing if that is not known here.
pub(super) fn evaluate(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let (_, evaluate) = RULES.iter().find(|(operators, _)| operators.contains(&node.op_type.as_str()))?;
    evaluate(node, inputs)
}

/// Number of elements of a shape, if they are not too many.
fn count(shape: &[usize]) -> Option<usize> {
    let count = shape.iter().try_fold(1usize, |count, size| count.checked_mul(*size))?;
    (count <= MOST).then_some(count)
}

/// The values of a constant of integers.
fn integers(tensor: &Tensor) -> Option<Vec<i64>> {
    match tensor.view::<i64>() {
        Ok(values) => Some(values.iter().copied().collect()),
        Err(_) => Some(tensor.iter_f64().ok()?.map(|value| value as i64).collect()),
    }
}
