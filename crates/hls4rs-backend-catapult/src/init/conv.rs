//! Convolutions.

use hls4rs_backend::init::{
    closest_factor, configured, give_weight_its_axes, pixels, set_implementation, set_partitions,
};
use hls4rs_backend::{LayerInitializer, matrix_size, set_closest_reuse_factor, set_target_reuse_factor};
use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_types::Attribute;

use super::{is_resource, spec};

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
    let chosen = configured(patch, name)?.unwrap_or(Attribute::Int(1));
    let factor = closest_factor(patch, name, &chosen, pixels)?;
    set_partitions(patch, name, pixels, factor)?;
    set_implementation(patch, name)?;
    use_dataflow(patch, name);
    Ok(())
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
