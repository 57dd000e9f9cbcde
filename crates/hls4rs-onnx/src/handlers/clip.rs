//! Rectification with an upper limit.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Clip` from 0 to 6 or to 1 as `Activation` with the function `relu6` or `relu1`.
///
/// **Source:** hls4ml 1.3.0 has both functions in the C++ of all backends, for io_parallel; its ONNX converter has no handler.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let limit = |name: &str| context.node.float(name);
    let activation = match (limit("min"), limit("max")) {
        (Some(0.0), Some(6.0)) => "relu6",
        (Some(0.0), Some(1.0)) => "relu1",
        (low, high) => {
            let shown = |limit: Option<f64>| limit.map_or("none".to_owned(), |limit| limit.to_string());
            let message =
                format!("expected limits of 0 and 6, or 0 and 1, found {} and {}", shown(low), shown(high));
            let help = "quantize to the range with `Quant`, or use `Relu` (all backends), ReLU6 or a limit of 1 (all \
                        backends, io_parallel)";
            return Err(Problem::unsupported(message, help));
        }
    };
    Ok(Entry::new()
        .with("name", context.node.name.as_str())
        .with("class_name", "Activation")
        .with("activation", activation)
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone()))
}
