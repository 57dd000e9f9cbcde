//! Operations on two tensors, element by element.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// The operators.
pub(super) const OPERATORS: &[&str] = &["Add", "Sub", "Mul", "Div", "Average", "Max", "Min", "Sum"];

/// Sums, products and the like as `Merge`.
///
/// **Source:** `parse_merge_layer` of `hls4ml.converters.onnx.merge`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let op = match context.node.op_type.as_str() {
        "Sub" => "subtract",
        "Mul" => "multiply",
        "Div" => "divide",
        "Average" => "average",
        "Max" => "maximum",
        "Min" => "minimum",
        _ => "add",
    };
    two_inputs(context)?;
    Ok(Entry::new()
        .with("class_name", "Merge")
        .with("name", context.node.name.as_str())
        .with("op", op)
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone()))
}

/// Refuses more than two inputs.
pub(super) fn two_inputs(context: &Context<'_>) -> Result<(), Problem> {
    let count = context.inputs.len();
    if count <= 2 {
        return Ok(());
    }
    let message = format!("expected at most two inputs, found {count}");
    Err(Problem::unsupported(message, "merge two tensors at a time"))
}
