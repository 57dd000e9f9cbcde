//! Poolings over all pixels.

use hls4rs_frontend::Problem;

use crate::v2::{Context, Converted};

/// The classes.
pub(super) const CLASSES: &[&str] =
    &["GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"];

/// Poolings over all pixels of one or two dimensions.
///
/// **Source:** `parse_global_pooling_layer` of `hls4ml.converters.keras.pooling`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let keeps = context.config.bool("keepdims")?;
    layer.set("keepdims", keeps);
    let (n_dim, channels) = if context.class_name.ends_with("1D") {
        let [length, channels] = context.pixels_and_channels()?;
        layer.set("n_in", length);
        layer.set("n_filt", channels);
        (1, channels)
    } else {
        let [height, width, channels] = context.pixels_and_channels()?;
        layer.set("in_height", height);
        layer.set("in_width", width);
        layer.set("n_filt", channels);
        (2, channels)
    };
    let ones = [1, 1];
    let shape = if keeps {
        context.shape_of(&ones[..n_dim], channels)?
    } else {
        vec![context.batch()?, Some(channels)]
    };
    Ok(Converted { layer, shape })
}
