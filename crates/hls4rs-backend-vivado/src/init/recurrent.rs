//! Recurrent layers.

use hls4rs_backend::{LayerInitializer, recurrent_matrix_sizes, set_closest_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::Precision;

use super::dense::set_index_type;
use super::spec;
use super::strategy::{is_not_reused, warn_resource_instead};

/// Sets strategy and reuse factors of an LSTM.
///
/// **Source:** `VivadoBackend.init_lstm`, hls4ml 1.3.0.
pub static INIT_LSTM: LayerInitializer = LayerInitializer {
    spec: &spec("init-lstm", "init_lstm", "sets strategy and reuse factors"),
    kind: "LSTM",
    initialize,
};

/// Sets strategy and reuse factors of a GRU.
///
/// **Source:** `VivadoBackend.init_gru`, hls4ml 1.3.0.
pub static INIT_GRU: LayerInitializer = LayerInitializer {
    spec: &spec("init-gru", "init_gru", "sets strategy and reuse factors"),
    kind: "GRU",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let reuse_factor = patch.config.reuse_factor(patch.expect_node(name)?.id());
    patch.set(name, "recurrent_reuse_factor", reuse_factor)?;
    let chosen = patch.config.strategy(patch.expect_node(name)?.id()).to_lowercase();
    let strategy = match chosen.as_str() {
        "resource" => "resource",
        "resource_unrolled" if is_not_reused(patch, name)? => {
            warn_resource_instead(patch, name, "a reuse factor above 1, found 1")?;
            "resource"
        }
        "resource_unrolled" => "resource_unrolled",
        _ => "latency",
    };
    if strategy != "latency" {
        let [input, state] = recurrent_matrix_sizes(patch.expect_node(name)?, "")?;
        let include_largest = strategy == "resource";
        set_closest_reuse_factor(patch, name, "reuse_factor", input, include_largest)?;
        set_closest_reuse_factor(patch, name, "recurrent_reuse_factor", state, include_largest)?;
    }
    patch.set(name, "strategy", strategy)?;
    set_index_type(patch, name, Precision::uint(1))
}
