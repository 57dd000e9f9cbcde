//! Recurrent layers.

use hls4rs_backend::{LayerInitializer, recurrent_matrix_sizes, set_closest_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{NamedType, Precision};

use super::{is_resource, spec};

/// Sets strategy and reuse factors of gated recurrent units.
///
/// **Source:** `CatapultBackend.init_gru`, hls4ml 1.3.0.
pub(crate) static GRU: LayerInitializer = LayerInitializer {
    spec: &spec("init-gru", "init_gru", "sets how gated recurrent units are computed"),
    kind: "GRU",
    initialize: init,
};

/// Sets strategy and reuse factors of layers of long short-term memory.
///
/// **Source:** `CatapultBackend.init_lstm`, hls4ml 1.3.0.
pub(crate) static LSTM: LayerInitializer = LayerInitializer {
    spec: &spec("init-lstm", "init_lstm", "sets how layers of long short-term memory are computed"),
    kind: "LSTM",
    initialize: init,
};

fn init(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let (factor, index) = (patch.config.reuse_factor(node.id()), node.state().int("index")?);
    patch.set(name, "recurrent_reuse_factor", factor)?;
    if is_resource(patch, name)? {
        let [input, state] = recurrent_matrix_sizes(patch.expect_node(name)?, "")?;
        set_closest_reuse_factor(patch, name, "reuse_factor", input, true)?;
        set_closest_reuse_factor(patch, name, "recurrent_reuse_factor", state, true)?;
        patch.set(name, "strategy", "resource")?;
    } else {
        patch.set(name, "strategy", "latency")?;
    }
    let ty = NamedType::new(format!("layer{index}_index"), Precision::uint(1));
    patch.set(name, "index_t", ty)?;
    Ok(())
}
