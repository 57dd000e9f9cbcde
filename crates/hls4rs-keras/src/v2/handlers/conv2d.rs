//! Convolutions over two dimensions.

use hls4rs_frontend::Problem;

use super::conv1d::{filters, kernels};
use crate::v2::padding::padding;
use crate::v2::{Context, Converted};

/// `Conv2D`, separable and depthwise ones too.
///
/// **Source:** `parse_conv2d_layer` of `hls4ml.converters.keras.convolution`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let [height, width, channels] = context.pixels_and_channels()?;
    layer.set("in_height", height);
    layer.set("in_width", width);
    layer.set("n_chan", channels);
    kernels(context, &mut layer)?;
    let filters = filters(context, &mut layer, channels)?;
    let (window, stride) = (context.config.ints("kernel_size", 2)?, context.config.ints("strides", 2)?);
    layer.set("filt_height", window[0]);
    layer.set("filt_width", window[1]);
    layer.set("stride_height", stride[0]);
    layer.set("stride_width", stride[1]);
    let mode = context.config.text("padding")?;
    let (out_height, top, bottom) = padding(mode, height, stride[0], window[0])?;
    let (out_width, left, right) = padding(mode, width, stride[1], window[1])?;
    for (name, value) in [
        ("out_height", out_height),
        ("out_width", out_width),
        ("pad_top", top),
        ("pad_bottom", bottom),
        ("pad_left", left),
        ("pad_right", right),
    ] {
        layer.set(name, value);
    }
    let shape = context.shape_of(&[out_height, out_width], filters)?;
    Ok(Converted { layer, shape })
}
