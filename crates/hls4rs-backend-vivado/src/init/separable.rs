//! Separable convolutions.

use hls4rs_backend::{LayerInitializer, matrix_size, set_closest_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{Attribute, NamedType};

use super::spec;
use hls4rs_backend::init::{closest_factor, configured, pixels, set_implementation, set_partitions};

/// Sets strategy, reuse factor, partitions and the type between both parts of a separable convolution along one axis.
///
/// **Source:** `VivadoBackend.init_sepconv1d`, hls4ml 1.3.0.
pub static INIT_SEPARABLE_CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-separable-conv1d",
        "init_sepconv1d",
        "sets strategy, partitions and the type between both parts",
    ),
    kind: "SeparableConv1D",
    initialize: |patch, name| initialize(patch, name, 1),
};

/// The same along two axes.
///
/// **Source:** `VivadoBackend.init_sepconv2d`, hls4ml 1.3.0.
pub static INIT_SEPARABLE_CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-separable-conv2d",
        "init_sepconv2d",
        "sets strategy, partitions and the type between both parts",
    ),
    kind: "SeparableConv2D",
    initialize: |patch, name| initialize(patch, name, 2),
};

fn initialize(patch: &mut Patch<'_>, name: &str, axes: usize) -> Result<(), PassError> {
    set_windows(patch, name, axes)?;
    set_depthwise_type(patch, name)
}

/// Strategy, reuse factor, partitions and implementation of a layer that knows `latency` and `resource` alone.
pub(super) fn set_windows(patch: &mut Patch<'_>, name: &str, axes: usize) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if patch.config.strategy(node.id()).eq_ignore_ascii_case("resource") {
        let size = matrix_size(node)?;
        patch.set(name, "strategy", "resource")?;
        set_closest_reuse_factor(patch, name, "reuse_factor", size, true)?;
    } else {
        patch.set(name, "strategy", "latency")?;
    }
    let pixels = pixels(patch, name, axes)?;
    let chosen = configured(patch, name)?.unwrap_or(Attribute::Int(1));
    let factor = closest_factor(patch, name, &chosen, pixels)?;
    set_partitions(patch, name, pixels, factor)?;
    set_implementation(patch, name)
}

/// Sets the type of what the depthwise part hands to the pointwise part.
fn set_depthwise_type(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let (precision, _) = patch.config.precision(node.id(), "dw_output")?;
    let type_name = format!("{name}_dw_out_t");
    let ty = if patch.config.io_type() == "io_stream" {
        let channels = node.state().size("n_chan")?;
        NamedType::packed(type_name, precision, u64::try_from(channels).unwrap_or(u64::MAX), 1)
    } else {
        NamedType::new(type_name, precision)
    };
    patch.set(name, "dw_output_t", ty)?;
    Ok(())
}
