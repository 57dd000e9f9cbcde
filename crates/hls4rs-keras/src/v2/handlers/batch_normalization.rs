//! Batch normalization.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Attribute;

use crate::v2::{Context, Converted};

/// `BatchNormalization`.
///
/// **Source:** `parse_batchnorm_layer` of `hls4ml.converters.keras.core`, hls4ml 1.3.0. Without scale or centre the data are
/// the integers 1 and 0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let shape = context.shape()?.clone();
    parameters(context, &mut layer, &shape)?;
    Ok(Converted { layer, shape })
}

/// Sets sizes and parameters for an input of that shape.
pub(super) fn parameters(
    context: &Context<'_, '_>,
    layer: &mut Entry,
    shape: &[Option<i64>],
) -> Result<(), Problem> {
    let dims = context.dims(&shape.to_vec())?;
    let size: i64 = dims.iter().product();
    layer.set("n_in", size);
    layer.set("n_out", size);
    match dims.as_slice() {
        [_] => layer.set("n_filt", -1),
        [_, channels] | [_, _, channels] => layer.set("n_filt", *channels),
        _ => {}
    }
    for (use_it, data, key, part, without) in
        [("use_gamma", "gamma_data", "scale", "gamma", 1), ("use_beta", "beta_data", "center", "beta", 0)]
    {
        let is_used = context.config.bool(key)?;
        layer.set(use_it, is_used);
        if is_used {
            context.set_weight(layer, data, part)?;
        } else {
            layer.set(data, Attribute::Int(without));
        }
    }
    context.set_weight(layer, "mean_data", "moving_mean")?;
    context.set_weight(layer, "variance_data", "moving_variance")
}
