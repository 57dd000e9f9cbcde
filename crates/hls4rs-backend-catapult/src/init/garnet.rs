//! GarNet.

use hls4rs_backend::LayerInitializer;
use hls4rs_graph::{PassError, Patch};
use hls4rs_layers::LayerError;

use super::spec;

/// Checks that the layer's input can be cut into parts, one for each cycle of reuse.
///
/// How arrays are cut is part of what a backend makes of the graph; the graph does not change.
///
/// **Source:** `CatapultBackend.init_garnet`, hls4ml 1.3.0, which gives the input and the output their pragmas.
pub(crate) static GARNET: LayerInitializer = LayerInitializer {
    spec: &spec("init-garnet", "init_garnet", "checks the input of GarNet"),
    kind: "GarNet",
    initialize: init,
};

/// The same for stacks.
///
/// **Source:** `CatapultBackend.init_garnet_stack`, hls4ml 1.3.0.
pub(crate) static GARNET_STACK: LayerInitializer = LayerInitializer {
    spec: &spec("init-garnet-stack", "init_garnet_stack", "checks the input of stacks of GarNet"),
    kind: "GarNetStack",
    initialize: init,
};

fn init(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if node.state().int("reuse_factor")? == 0 {
        let help = "set `ReuseFactor` to a divisor of the number of vertices";
        return Err(PassError::unsupported("a reuse factor from 1", "0", help));
    }
    match node.input_variable(0) {
        Some(input) if input.shape.len() >= 2 => Ok(()),
        input => {
            let found = input.map_or("none".to_owned(), |input| format!("{:?}", input.shape));
            Err(LayerError::InputShape { expected: "vertices and features".to_owned(), found }.into())
        }
    }
}
