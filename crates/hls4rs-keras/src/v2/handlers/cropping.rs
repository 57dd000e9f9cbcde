//! Cutting off borders.

use hls4rs_frontend::Problem;

use super::zero_padding::resized;
use crate::v2::{Context, Converted};

/// `Cropping` of one or two dimensions.
///
/// **Source:** `parse_cropping1d_layer` and `parse_cropping2d_layer` of `hls4ml.converters.keras.reshaping`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let layer = context.entry()?;
    resized(context, layer, "cropping", ["crop_top", "crop_bottom", "crop_left", "crop_right"], -1)
}
