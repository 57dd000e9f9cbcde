//! Softmax.

use hls4rs_graph::{PassError, Patch};
use hls4rs_layers::LayerError;

/// Checks that a softmax of arrays is over all of its input.
///
/// **Source:** `init_softmax` of the backends Quartus, oneAPI and Catapult, hls4ml 1.3.0.
///
/// # Errors
/// If the input of a softmax has several dimensions, and layers pass arrays.
pub fn init_softmax(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let Some(input) = node.input_variable(0) else {
        let input = node.state().inputs.first().cloned().unwrap_or_default();
        return Err(LayerError::UnknownInput { input }.into());
    };
    if patch.config.io_type() == "io_parallel" && input.shape.len() != 1 {
        return Err(PassError::unsupported(
            "an input of one dimension for a softmax with `io_parallel`",
            format!("the shape {:?}", input.shape),
            "convert the model for `io_stream`, or leave the softmax out",
        ));
    }
    Ok(())
}
