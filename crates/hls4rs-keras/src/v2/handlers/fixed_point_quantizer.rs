//! Quantizers of HGQ's proxy models.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, Tensor};

use crate::v2::{Context, Converted};

/// `FixedPointQuantizer`: bits and integer bits for each element, or one for all where it can be fused.
///
/// **Source:** `fixedpoint_quantizer_handler` of `hls4ml.converters.keras.hgq_proxy_model`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    // files have the name of the package in front, models in memory have not
    layer.set("class_name", "FixedPointQuantizer");
    let fusible = context.config.bool("fusible")?;
    for key in ["RND", "SAT"] {
        layer.set(key, context.config.text(key)?);
    }
    layer.set("fusible", fusible);
    let mut masks = Vec::new();
    for part in ["keep_negative", "bits", "integers"] {
        let mask = context.weight(part)?;
        masks.push(Attribute::Array(if fusible { first(&mask)? } else { mask }));
    }
    layer.set("mask_kbi", Attribute::List(masks));
    layer.set("overrides", context.config.0.get("overrides").cloned().unwrap_or_default());
    Ok(Converted { layer, shape: context.shape()?.clone() })
}

/// The first element alone, in an array of one dimension.
fn first(mask: &Tensor) -> Result<Tensor, Problem> {
    let fail = |error: hls4rs_types::TensorError| Problem::malformed(error, "save the model again");
    let size = mask.dtype().size();
    let bytes = mask.to_bytes().map_err(fail)?;
    let first = bytes
        .get(..size)
        .ok_or_else(|| Problem::malformed("expected bits, found none", "save the model again"))?;
    Tensor::from_bytes(mask.dtype(), &[1], hls4rs_types::Order::C, first).map_err(fail)
}
