//! Convolutions.

use hls4rs_graph::{PassError, Patch};
use hls4rs_types::Attribute;

use super::set_padding;
use crate::init::{give_weight_its_axes, parallelization_factor};
use crate::{matrix_size, set_closest_reuse_factor, set_target_reuse_factor};

/// Sets a valid reuse factor, the size of the filters as they are stored, and the implementation: `im2col`, `winograd` or
/// `combination`.
///
/// **Source:** `init_conv1d` and `init_conv2d` of the backend Quartus, hls4ml 1.3.0.
///
/// # Errors
/// If the layer lacks what its kind must have.
pub fn init_conv(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    init_conv_with(patch, name, |patch, name| Ok(parallelization_factor(patch, name)?.into()))
}

/// The same, where the parallelization factor is found in another way.
///
/// # Errors
/// If the layer lacks what its kind must have, or the factor cannot be found.
pub fn init_conv_with(
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
