//! Bits of elementwise operations on two tensors.

use hls4rs_graph::{Node, PassError};
use hls4rs_types::Attribute;
use ndarray::Axis;

use super::analysis::{Analysis, Produced};
use super::produce::all_fractional;
use super::view::{HELP, lower, underivable};
use crate::interval::{IntervalArray, IntervalError};

/// Merge layers, by their operation.
///
/// **Source:** `_produce_kif` of `hls4ml.model.optimizer.passes.bit_exact` for `Merge`, hls4ml 1.3.0. The minimum has as many
/// bits as the maximum. The bits of means are those of the sum, shifted by the scale, which need not be one over the number
/// of inputs.
pub(super) fn merge(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let operation = lower(node, "op")?;
    match operation.as_str() {
        "add" => combined(analysis, node, IntervalArray::add),
        "subtract" => combined(analysis, node, IntervalArray::subtract),
        "multiply" => combined(analysis, node, IntervalArray::multiply),
        "average" => average(analysis, node),
        "maximum" | "minimum" => largest(analysis, node),
        "dot1d" => dot(analysis, node),
        _ => {
            let expected = "add, subtract, multiply, average, maximum, minimum or dot1d";
            Err(PassError::unsupported(expected, format!("`{operation}`"), HELP))
        }
    }
}

fn combined(
    analysis: &mut Analysis,
    node: Node<'_>,
    operation: fn(&IntervalArray, &IntervalArray) -> Result<IntervalArray, IntervalError>,
) -> Result<Produced, PassError> {
    let [first, second] = two(analysis.input_intervals(node)?)?;
    let result = operation(&first, &second).map_err(underivable)?;
    analysis.of_intervals(node, &result)
}

fn average(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let mut sum = combined(analysis, node, IntervalArray::add)?;
    let scale = node.get("scale").map_or(Some(0.5), Attribute::as_float);
    let scale = scale.filter(|scale| scale.is_finite() && *scale > 0.0);
    let scale = scale.ok_or_else(|| PassError::unsupported("a positive `scale`", "another value", HELP))?;
    let power = scale.log2();
    let shift = -(power.trunc() as i16);
    if power.fract() == 0.0 {
        sum.bits.f.mapv_inplace(|f| f.wrapping_add(shift));
    } else {
        sum.bits.f = all_fractional(&sum.bits);
    }
    sum.bits.i.mapv_inplace(|i| i.wrapping_sub(shift));
    Ok(sum)
}

fn largest(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let [first, second] = two(analysis.inputs(node)?)?;
    let bits = first.bits.zip("maximum", &second.bits, i16::max).map_err(underivable)?;
    Ok(analysis.new_arrays(bits))
}

/// The sum of the products of two lists.
fn dot(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let product = combined(analysis, node, IntervalArray::matmul_intervals)?;
    if product.bits.k.ndim() > 0 {
        return Ok(product);
    }
    product.seen(|plane| Ok(plane.clone().insert_axis(Axis(0))))
}

fn two<T>(inputs: Vec<T>) -> Result<[T; 2], PassError> {
    let found = inputs.len();
    inputs.try_into().map_err(|_| PassError::unsupported("two inputs", found, HELP))
}
