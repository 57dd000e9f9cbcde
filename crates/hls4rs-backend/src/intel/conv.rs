//! Convolutions.

use hls4rs_graph::{PassError, Patch};
use hls4rs_types::Attribute;

use super::set_padding;
use crate::init::{give_weight_its_axes, parallelization_factor, spec};
use crate::{LayerInitializer, matrix_size, set_closest_reuse_factor, set_target_reuse_factor};

/// Sets reuse factor, the size of the filters as they are stored, and the implementation of convolutions along one axis:
/// `im2col`, `winograd` or `combination`.
///
/// **Source:** `QuartusBackend.init_conv1d`, hls4ml 1.3.0.
pub static INIT_CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv1d", "init_conv1d", SUMMARY),
    kind: "Conv1D",
    initialize: |patch, name| initialize(patch, name, of_user_or_layer),
};

/// The same along two axes.
///
/// **Source:** `QuartusBackend.init_conv2d`, hls4ml 1.3.0.
pub static INIT_CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv2d", "init_conv2d", SUMMARY),
    kind: "Conv2D",
    initialize: |patch, name| initialize(patch, name, of_user_or_layer),
};

/// The same along one axis, where the parallelization factor is what the configuration has, whatever the source model says.
///
/// **Source:** `OneAPIBackend.init_conv1d`, hls4ml 1.3.0.
pub static INIT_CONV1D_AS_CONFIGURED: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv1d", "init_conv1d", SUMMARY),
    kind: "Conv1D",
    initialize: |patch, name| initialize(patch, name, of_user),
};

/// The same along two axes.
///
/// **Source:** `OneAPIBackend.init_conv2d`, hls4ml 1.3.0.
pub static INIT_CONV2D_AS_CONFIGURED: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv2d", "init_conv2d", SUMMARY),
    kind: "Conv2D",
    initialize: |patch, name| initialize(patch, name, of_user),
};

const SUMMARY: &str = "sets reuse factor and implementation of convolutions";

fn of_user_or_layer(patch: &mut Patch<'_>, name: &str) -> Result<Attribute, PassError> {
    Ok(parallelization_factor(patch, name)?.into())
}

fn of_user(patch: &mut Patch<'_>, name: &str) -> Result<Attribute, PassError> {
    let id = patch.expect_node(name)?.id();
    Ok(patch.config.layer_value(id, "ParallelizationFactor").cloned().unwrap_or(Attribute::Int(1)))
}

fn initialize(
    patch: &mut Patch<'_>,
    name: &str,
    parallelization: fn(&mut Patch<'_>, &str) -> Result<Attribute, PassError>,
) -> Result<(), PassError> {
    give_weight_its_axes(patch, name)?;
    set_padding(patch, name)?;
    patch.set(name, "strategy", "resource")?;
    let size = matrix_size(patch.expect_node(name)?)?;
    set_target_reuse_factor(patch, name)?;
    set_closest_reuse_factor(patch, name, "reuse_factor", size, true)?;
    let factor = parallelization(patch, name)?;
    patch.set(name, "parallelization", factor)?;
    let node = patch.expect_node(name)?;
    let implementation = patch.config.layer_value(node.id(), "Implementation").cloned();
    let sizes: &[&str] = if node.is_a("Conv2D") { &["filt_height", "filt_width"] } else { &["filt_width"] };
    for size in sizes {
        let value = patch.expect_node(name)?.get(size).cloned().unwrap_or(Attribute::Null);
        patch.set(name, &format!("impl_{size}"), value)?;
    }
    patch.set(name, "implementation", implementation.unwrap_or_else(|| "im2col".into()))?;
    patch.set(name, "n_partitions", 1i64)?;
    Ok(())
}
