//! Convolutions over one dimension.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v2::padding::padding;
use crate::v2::{Context, Converted};

/// `Conv1D`, separable and depthwise ones too.
///
/// **Source:** `parse_conv1d_layer` of `hls4ml.converters.keras.convolution`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let [width, channels] = context.pixels_and_channels()?;
    layer.set("in_width", width);
    layer.set("n_chan", channels);
    kernels(context, &mut layer)?;
    let filters = filters(context, &mut layer, channels)?;
    let (window, stride) = (context.config.ints("kernel_size", 1)?[0], context.config.ints("strides", 1)?[0]);
    layer.set("filt_width", window);
    layer.set("stride_width", stride);
    let (out, left, right) = padding(context.config.text("padding")?, width, stride, window)?;
    layer.set("out_width", out);
    layer.set("pad_left", left);
    layer.set("pad_right", right);
    let shape = context.shape_of(&[out], filters)?;
    Ok(Converted { layer, shape })
}

/// Sets the kernels and the bias. hls4ml has neither dilation nor groups, and does not look at them.
pub(super) fn kernels(context: &Context<'_, '_>, layer: &mut hls4rs_frontend::Entry) -> Result<(), Problem> {
    if context.config.0.get("dilation_rate").is_some() && context.config.get("dilation_rate").is_some() {
        let rank = if context.class_name.contains("1D") { 1 } else { 2 };
        let rates = context.config.ints("dilation_rate", rank)?;
        if rates.iter().any(|rate| *rate != 1) {
            let message = format!("`dilation_rate`: expected 1, found {rates:?}");
            return Err(Problem::unsupported(message, "use convolutions without dilation"));
        }
    }
    if let Some(groups) = context.config.get("groups").and_then(Attribute::as_int).filter(|n| *n != 1) {
        let message = format!("`groups`: expected 1, found {groups}");
        return Err(Problem::unsupported(message, "use a convolution for each group, and concatenate"));
    }
    let class = context.class_name.trim_start_matches('Q');
    if class.starts_with("Separable") {
        context.set_weight(layer, "depthwise_data", "depthwise_kernel")?;
        context.set_weight(layer, "pointwise_data", "pointwise_kernel")?;
    } else if class.starts_with("Depthwise") {
        context.set_weight(layer, "depthwise_data", "depthwise_kernel")?;
    } else {
        context.set_weight(layer, "weight_data", "kernel")?;
    }
    context.set_weight(layer, "bias_data", "bias")
}

/// Sets and returns the number of filters.
pub(super) fn filters(
    context: &Context<'_, '_>,
    layer: &mut hls4rs_frontend::Entry,
    channels: i64,
) -> Result<i64, Problem> {
    let multiplier = context.config.0.get("depth_multiplier");
    if let Some(multiplier) = multiplier {
        layer.set("depth_multiplier", multiplier.clone());
    }
    let filters = match context.config.0.get("filters") {
        Some(_) => context.config.int("filters")?,
        None => channels.saturating_mul(context.config.int("depth_multiplier")?),
    };
    layer.set("n_filt", filters);
    Ok(filters)
}
