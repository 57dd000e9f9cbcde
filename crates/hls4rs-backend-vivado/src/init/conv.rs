//! Convolutions.

use hls4rs_backend::LayerInitializer;
use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_types::Attribute;

use super::spec;
use super::strategy::{Unrolled, set_strategy};
use hls4rs_backend::init::{
    closest_factor, configured, give_weight_its_axes, pixels, set_implementation, set_partitions,
};

/// Sets strategy, reuse factor, partitions and implementation of a convolution along one axis.
///
/// **Source:** `VivadoBackend.init_conv1d`, hls4ml 1.3.0.
pub static INIT_CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv1d", "init_conv1d", "sets strategy, reuse factor and partitions"),
    kind: "Conv1D",
    initialize: |patch, name| initialize(patch, name, 1),
};

/// Sets strategy, reuse factor, partitions and implementation of a convolution along two axes.
///
/// **Source:** `VivadoBackend.init_conv2d`, hls4ml 1.3.0.
pub static INIT_CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv2d", "init_conv2d", "sets strategy, reuse factor and partitions"),
    kind: "Conv2D",
    initialize: |patch, name| initialize(patch, name, 2),
};

fn initialize(patch: &mut Patch<'_>, name: &str, axes: usize) -> Result<(), PassError> {
    give_weight_its_axes(patch, name)?;
    set_strategy(patch, name, Unrolled::WithStreams)?;
    let pixels = pixels(patch, name, axes)?;
    let chosen = chosen_factor(patch, name, axes)?;
    let factor = closest_factor(patch, name, &chosen, pixels)?;
    set_partitions(patch, name, pixels, factor)?;
    patch.set(name, "parallelization_factor", factor)?;
    set_implementation(patch, name)
}

/// What the configuration says, else what the layer already has, else 1; 0 counts as nothing.
fn chosen_factor(patch: &mut Patch<'_>, name: &str, axes: usize) -> Result<Attribute, PassError> {
    let user = configured(patch, name)?;
    let layer = patch.expect_node(name)?.get("parallelization_factor").cloned();
    if let (Some(user), Some(layer)) = (&user, &layer)
        && user != layer
        && axes == 2
    {
        let (user, layer) = (user.as_float().unwrap_or_default(), layer.as_float().unwrap_or_default());
        let message = format!(
            "`{name}`: the source model prescribes the parallelization factor {layer}, the configuration {user}, which \
             is used"
        );
        patch.warn(Diagnostic::warning("parallelization-factor-overridden", message));
    }
    let is_something = |value: &Attribute| value.as_float() != Some(0.0);
    Ok(user.filter(is_something).or_else(|| layer.filter(is_something)).unwrap_or(Attribute::Int(1)))
}
