//! Two recurrent layers that read a sequence from both ends.

use hls4rs_backend::{LayerInitializer, recurrent_matrix_sizes, set_closest_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::Precision;

use super::dense::set_index_type;
use super::spec;
use super::strategy::warn_resource_instead;

/// Sets strategy and reuse factors of both directions.
///
/// **Source:** `VivadoBackend.init_bidirectional`, hls4ml 1.3.0, where `resource_unrolled` always becomes `resource`: the
/// line that decides it stands outside of its condition.
pub static INIT_BIDIRECTIONAL: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-bidirectional",
        "init_bidirectional",
        "sets strategy and reuse factors of both directions",
    ),
    kind: "Bidirectional",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    for direction in ["forward_", "backward_"] {
        initialize_direction(patch, name, direction)?;
    }
    set_index_type(patch, name, Precision::uint(1))
}

fn initialize_direction(patch: &mut Patch<'_>, name: &str, direction: &str) -> Result<(), PassError> {
    let reuse_factor = patch.config.reuse_factor(patch.expect_node(name)?.id());
    let attributes = [format!("{direction}reuse_factor"), format!("{direction}recurrent_reuse_factor")];
    for attribute in &attributes {
        patch.set(name, attribute, reuse_factor)?;
    }
    let chosen = patch.config.strategy(patch.expect_node(name)?.id()).to_lowercase();
    if chosen == "resource_unrolled" {
        warn_resource_instead(patch, name, "a layer of one direction, found two")?;
    }
    if chosen != "resource" && chosen != "resource_unrolled" {
        patch.set(name, "strategy", "latency")?;
        return Ok(());
    }
    let sizes = recurrent_matrix_sizes(patch.expect_node(name)?, direction)?;
    for (attribute, size) in attributes.iter().zip(sizes) {
        set_closest_reuse_factor(patch, name, attribute, size, true)?;
    }
    patch.set(name, "strategy", "resource")?;
    Ok(())
}
