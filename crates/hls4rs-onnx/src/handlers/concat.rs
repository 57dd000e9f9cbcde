//! Concatenation.

use hls4rs_frontend::{Entry, Problem};

use super::{Context, merge};

/// `Concat` of two tensors as `Concatenate`.
///
/// **Source:** `parse_merge_layer` of `hls4ml.converters.onnx.merge`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    merge::two_inputs(context)?;
    let rank = context.shape(0)?.len().saturating_sub(1);
    if rank > 3 {
        let message = format!("expected at most three dimensions beside the batch, found {rank}");
        return Err(Problem::unsupported(message, "reshape before and behind the concatenation"));
    }
    let mut layer = Entry::new()
        .with("class_name", "Concatenate")
        .with("name", context.node.name.as_str())
        .with("op", format!("concatenate{rank}d"))
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone());
    match context.node.int("axis") {
        Some(axis) => layer.set("axis", axis),
        None => {
            return Err(Problem::malformed(
                "attribute `axis`: expected an integer, found none",
                "export the model again",
            ));
        }
    }
    Ok(layer)
}
