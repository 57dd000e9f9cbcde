//! Softmax.

use hls4rs_graph::{PassError, Patch};
use hls4rs_layers::LayerError;

use super::spec;
use crate::LayerInitializer;

/// Checks that a softmax of arrays is over all of its input.
///
/// **Source:** `init_softmax` of the backends Quartus, oneAPI and Catapult, hls4ml 1.3.0.
pub static INIT_SOFTMAX: LayerInitializer = LayerInitializer {
    spec: &spec("init-softmax", "init_softmax", "checks that a softmax is over all of its input"),
    kind: "Softmax",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
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
