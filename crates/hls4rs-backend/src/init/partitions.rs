//! How many pixels of a convolution are computed in parallel.

use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_layers::LayerError;
use hls4rs_types::{Attribute, TensorVariable};

use crate::{closest, valid_partition_splits};

/// Key of the number in the configuration.
const KEY: &str = "ParallelizationFactor";

/// Number of pixels of the layer's output, which has as many axes of pixels.
///
/// # Errors
/// If there is no such layer, or its output has fewer axes.
pub fn pixels(patch: &Patch<'_>, name: &str, axes: usize) -> Result<i64, PassError> {
    let output = patch.expect_node(name)?.output_variable();
    let shape = output.map(|TensorVariable { shape, .. }| shape.as_slice()).unwrap_or_default();
    match shape.get(..axes) {
        Some(pixels) => Ok(pixels.iter().fold(1, |product: i64, n| product.saturating_mul(*n))),
        None => {
            let expected = format!("an output with at least {axes} dimensions");
            Err(LayerError::InputShape { expected, found: format!("{shape:?}") }.into())
        }
    }
}

/// The number that the configuration wants, if it says so.
///
/// # Errors
/// If there is no such layer.
pub fn configured(patch: &Patch<'_>, name: &str) -> Result<Option<Attribute>, PassError> {
    let id = patch.expect_node(name)?.id();
    Ok(patch.config.layer_value(id, KEY).filter(|value| !value.is_null()).cloned())
}

/// The closest number of pixels that divides all pixels. Tells the user if it is another one.
///
/// **Source:** the initializers of convolutions of the backends Vivado and Catapult, hls4ml 1.3.0.
///
/// # Errors
/// If the number is none.
pub fn closest_factor(
    patch: &mut Patch<'_>,
    name: &str,
    chosen: &Attribute,
    pixels: i64,
) -> Result<i64, PassError> {
    let Some(number) = chosen.as_float() else {
        return Err(LayerError::attribute("parallelization_factor", "a number", Some(chosen)).into());
    };
    let valid = valid_partition_splits(pixels);
    if let Some(factor) = valid.iter().find(|&&factor| factor as f64 == number) {
        return Ok(*factor);
    }
    let closest = closest(&valid, number).unwrap_or(1);
    let list: Vec<String> = valid.iter().map(i64::to_string).collect();
    let kind = patch.expect_node(name)?.layer.kind();
    let message = format!(
        "`{name}` ({kind}): `{KEY}`: expected one of {}, found {number}; {closest} is used",
        list.join(", ")
    );
    let help = format!("set `{KEY}` of the layer to {closest}");
    patch.warn(Diagnostic::warning("invalid-parallelization-factor", message).with_help(help));
    Ok(closest)
}

/// Sets `n_partitions`: the pixels divided by those that are computed in parallel.
///
/// # Errors
/// If there are no pixels.
pub fn set_partitions(patch: &mut Patch<'_>, name: &str, pixels: i64, factor: i64) -> Result<(), PassError> {
    let Some(partitions) = pixels.checked_div(factor) else {
        return Err(PassError::unsupported("an output with pixels", "none", "use a larger input"));
    };
    patch.set(name, "n_partitions", partitions)?;
    Ok(())
}

/// Sets `implementation` to what the configuration has for convolutions, in lower case.
///
/// # Errors
/// If there is no such layer.
pub fn set_implementation(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let id = patch.expect_node(name)?.id();
    let implementation = patch.config.conv_implementation(id).unwrap_or("LineBuffer").to_lowercase();
    patch.set(name, "implementation", implementation)?;
    Ok(())
}
