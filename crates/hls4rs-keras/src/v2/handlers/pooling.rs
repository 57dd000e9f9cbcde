//! Poolings over windows.

use hls4rs_frontend::Problem;

use crate::v2::padding::padding;
use crate::v2::{Context, Converted};

/// `MaxPooling` and `AveragePooling` over one or two dimensions.
///
/// **Source:** `parse_pooling_layer` of `hls4ml.converters.keras.pooling`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let mode = context.config.text("padding")?;
    if context.class_name.ends_with("1D") {
        let [length, channels] = context.pixels_and_channels()?;
        let (window, stride) =
            (context.config.ints("pool_size", 1)?[0], context.config.ints("strides", 1)?[0]);
        let (out, left, right) = padding(mode, length, stride, window)?;
        for (name, value) in [
            ("n_in", length),
            ("n_filt", channels),
            ("pool_width", window),
            ("stride_width", stride),
            ("n_out", out),
            ("pad_left", left),
            ("pad_right", right),
        ] {
            layer.set(name, value);
        }
        let shape = context.shape_of(&[out], channels)?;
        return Ok(Converted { layer, shape });
    }
    let [height, width, channels] = context.pixels_and_channels()?;
    let (window, stride) = (context.config.ints("pool_size", 2)?, context.config.ints("strides", 2)?);
    let (out_height, top, bottom) = padding(mode, height, stride[0], window[0])?;
    let (out_width, left, right) = padding(mode, width, stride[1], window[1])?;
    for (name, value) in [
        ("in_height", height),
        ("in_width", width),
        ("n_filt", channels),
        ("stride_height", stride[0]),
        ("stride_width", stride[1]),
        ("pool_height", window[0]),
        ("pool_width", window[1]),
        ("out_height", out_height),
        ("out_width", out_width),
        ("pad_top", top),
        ("pad_bottom", bottom),
        ("pad_left", left),
        ("pad_right", right),
    ] {
        layer.set(name, value);
    }
    let shape = context.shape_of(&[out_height, out_width], channels)?;
    Ok(Converted { layer, shape })
}
