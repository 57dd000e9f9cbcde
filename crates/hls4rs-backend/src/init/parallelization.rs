//! How many pixels of a convolution are computed in parallel.

use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_layers::LayerError;
use hls4rs_types::Attribute;

/// The parallelization factor that the user's configuration has for a convolution; else the layer's own, which comes from
/// the source model; else 1. Zero counts as none.
///
/// **Source:** `init_conv1d` and `init_conv2d` of the backends Quartus and Vivado, hls4ml 1.3.0.
///
/// # Errors
/// If the factor is no integer.
pub fn parallelization_factor(patch: &mut Patch<'_>, name: &str) -> Result<i64, PassError> {
    let node = patch.expect_node(name)?;
    let of_user = factor(node.graph.config.layer_value(node.id(), "ParallelizationFactor"))?;
    let of_layer = factor(node.get("parallelization_factor"))?;
    if let (Some(user), Some(layer)) = (of_user, of_layer)
        && user != layer
    {
        let message = format!(
            "`{name}`: `ParallelizationFactor`: the source model has {layer}, the configuration has {user}; {user} is used"
        );
        patch.warn(Diagnostic::warning("parallelization-factor-overridden", message));
    }
    let chosen = [of_user, of_layer].into_iter().flatten().find(|factor| *factor != 0);
    Ok(chosen.unwrap_or(1))
}

fn factor(value: Option<&Attribute>) -> Result<Option<i64>, PassError> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let wrong = || LayerError::attribute("parallelization_factor", "an integer", Some(value));
    Ok(Some(value.as_int().ok_or_else(wrong)?))
}
