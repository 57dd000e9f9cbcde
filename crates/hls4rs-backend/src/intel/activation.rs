//! Activations.

use hls4rs_graph::{PassError, Patch};

use crate::LayerInitializer;
use crate::init::spec;

/// Gives the hyperbolic tangent the name of its kernel, `dense_tanh`: another function has the name `tanh`.
///
/// **Source:** `init_activation` of the backends Quartus and oneAPI, hls4ml 1.3.0.
pub static INIT_ACTIVATION: LayerInitializer = LayerInitializer {
    spec: &spec("init-activation", "init_activation", "gives the hyperbolic tangent its kernel"),
    kind: "Activation",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    for attribute in ["activation", "recurrent_activation"] {
        if patch.expect_node(name)?.text(attribute) == Some("tanh") {
            patch.set(name, attribute, "dense_tanh")?;
        }
    }
    Ok(())
}
