//! Convolutions.

use hls4rs_backend::init::give_weight_its_axes;
use hls4rs_backend::{
    LayerInitializer, closest, matrix_size, set_closest_reuse_factor, set_target_reuse_factor,
    valid_partition_splits,
};
use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_layers::LayerError;
use hls4rs_types::Attribute;

use super::{is_resource, set_implementation, spec};

/// Sets strategy, reuse factor, partitions and implementation of convolutions along one axis.
///
/// **Source:** `CatapultBackend.init_conv1d`, hls4ml 1.3.0.
pub(crate) static CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv1d", "init_conv1d", "sets how convolutions along one axis are computed"),
    kind: "Conv1D",
    initialize: |patch, name| init(patch, name, 1),
};

/// The same along two axes.
///
/// **Source:** `CatapultBackend.init_conv2d`, hls4ml 1.3.0.
pub(crate) static CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv2d", "init_conv2d", "sets how convolutions along two axes are computed"),
    kind: "Conv2D",
    initialize: |patch, name| init(patch, name, 2),
};

/// The key of the configuration.
const FACTOR: &str = "ParallelizationFactor";

fn init(patch: &mut Patch<'_>, name: &str, axes: usize) -> Result<(), PassError> {
    give_weight_its_axes(patch, name)?;
    if is_resource(patch, name)? {
        let size = matrix_size(patch.expect_node(name)?)?;
        patch.set(name, "strategy", "resource")?;
        set_target_reuse_factor(patch, name)?;
        set_closest_reuse_factor(patch, name, "reuse_factor", size, true)?;
    } else {
        patch.set(name, "strategy", "latency")?;
    }
    let pixels = pixels(patch, name, axes)?;
    let factor = closest_factor(patch, name, pixels)?;
    let Some(partitions) = pixels.checked_div(factor) else {
        return Err(PassError::unsupported("an output with pixels", "none", "use a larger input"));
    };
    patch.set(name, "n_partitions", partitions)?;
    set_implementation(patch, name)?;
    use_dataflow(patch, name);
    Ok(())
}

/// The pixels of the output.
fn pixels(patch: &Patch<'_>, name: &str, axes: usize) -> Result<i64, PassError> {
    let shape = patch.expect_node(name)?.output_variable().map(|output| output.shape.clone());
    let shape = shape.unwrap_or_default();
    match shape.get(..axes) {
        Some(pixels) => Ok(pixels.iter().fold(1, |product: i64, n| product.saturating_mul(*n))),
        None => {
            let expected = format!("an output with at least {axes} dimensions");
            Err(LayerError::InputShape { expected, found: format!("{shape:?}") }.into())
        }
    }
}

/// The closest number of parallel pixels to the configured one that divides all pixels.
fn closest_factor(patch: &mut Patch<'_>, name: &str, pixels: i64) -> Result<i64, PassError> {
    let configured = patch.config.layer_value(patch.expect_node(name)?.id(), FACTOR).cloned();
    let chosen = configured.unwrap_or(Attribute::Int(1));
    let Some(number) = chosen.as_float() else {
        return Err(LayerError::attribute(FACTOR, "a number", Some(&chosen)).into());
    };
    let valid = valid_partition_splits(pixels);
    if let Some(factor) = valid.iter().find(|&&factor| factor as f64 == number) {
        return Ok(*factor);
    }
    let closest = closest(&valid, number).unwrap_or(1);
    let list: Vec<String> = valid.iter().map(i64::to_string).collect();
    let message = format!(
        "`{name}`: `{FACTOR}`: expected one of {}, found {number}; {closest} is used",
        list.join(", ")
    );
    let help = format!("set `{FACTOR}` of the layer to {closest}");
    patch.warn(Diagnostic::warning("invalid-parallelization-factor", message).with_help(help));
    Ok(closest)
}

/// Convolutions need the pipeline style `dataflow`.
///
/// **Source:** `CatapultBackend._validate_conv_strategy`, hls4ml 1.3.0.
fn use_dataflow(patch: &mut Patch<'_>, name: &str) {
    const STYLE: &str = "dataflow";
    let found = patch.config.pipeline_style.clone();
    if found.eq_ignore_ascii_case(STYLE) {
        return;
    }
    if !found.eq_ignore_ascii_case("auto") {
        let message =
            format!("`{name}`: `PipelineStyle`: expected `{STYLE}`, found `{found}`; `{STYLE}` is used");
        let help = format!("set `PipelineStyle` of the model to `{STYLE}`");
        patch.warn(Diagnostic::warning("pipeline-style", message).with_help(help));
    }
    STYLE.clone_into(&mut patch.config_mut().pipeline_style);
}
