//! GarNet layers.

use hls4rs_backend::LayerInitializer;
use hls4rs_graph::{PassError, Patch};

use super::spec;

/// Checks that a GarNet layer has a reuse factor.
///
/// **Source:** `VivadoBackend.init_garnet`, hls4ml 1.3.0, which also partitions input and output cyclically: that is part of
/// what a backend makes of the graph, and not in archives.
pub static INIT_GARNET: LayerInitializer = LayerInitializer {
    spec: &spec("init-garnet", "init_garnet", "checks the reuse factor"),
    kind: "GarNet",
    initialize,
};

/// The same for a stack of them.
///
/// **Source:** `VivadoBackend.init_garnet_stack`, hls4ml 1.3.0.
pub static INIT_GARNET_STACK: LayerInitializer = LayerInitializer {
    spec: &spec("init-garnet-stack", "init_garnet_stack", "checks the reuse factor"),
    kind: "GarNetStack",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let reuse_factor = patch.expect_node(name)?.state().int("reuse_factor")?;
    if reuse_factor > 0 {
        return Ok(());
    }
    Err(PassError::unsupported("a positive reuse factor", reuse_factor, "set `ReuseFactor` of the layer"))
}
