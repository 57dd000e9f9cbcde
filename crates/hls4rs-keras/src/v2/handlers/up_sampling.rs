//! Repeating of pixels.

use hls4rs_frontend::Problem;

use crate::v2::{Context, Converted};

/// `UpSampling` over one or two dimensions.
///
/// **Source:** `parse_upsampling1d_layer` and `parse_upsampling2d_layer` of `hls4ml.converters.keras.reshape`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    if context.class_name.ends_with("1D") {
        layer.set("in_height", 1);
        let [width, channels] = context.pixels_and_channels()?;
        layer.set("in_width", width);
        layer.set("n_chan", channels);
        layer.set("algorithm", "nearest");
        let factor = context.config.ints("size", 1)?[0];
        layer.set("width_factor", factor);
        layer.set("out_height", 1);
        layer.set("out_width", width.saturating_mul(factor));
        let shape = context.shape_of(&[width.saturating_mul(factor)], channels)?;
        return Ok(Converted { layer, shape });
    }
    let [height, width, channels] = context.pixels_and_channels()?;
    layer.set("in_height", height);
    layer.set("in_width", width);
    layer.set("n_chan", channels);
    layer.set("algorithm", context.config.text("interpolation")?);
    let factors = context.config.ints("size", 2)?;
    let (out_height, out_width) = (height.saturating_mul(factors[0]), width.saturating_mul(factors[1]));
    layer.set("height_factor", factors[0]);
    layer.set("width_factor", factors[1]);
    layer.set("out_height", out_height);
    layer.set("out_width", out_width);
    let shape = context.shape_of(&[out_height, out_width], channels)?;
    Ok(Converted { layer, shape })
}
