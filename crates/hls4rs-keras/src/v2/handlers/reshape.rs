//! Reshaping.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v2::{Context, Converted};

/// `Reshape`.
///
/// **Source:** `parse_reshape_layer` of `hls4ml.converters.keras.reshape`, hls4ml 1.3.0. A dimension of −1 stays −1 for the
/// layers behind it.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let target = context.config.get("target_shape").and_then(Attribute::as_list).unwrap_or_default().to_vec();
    layer.set("target_shape", Attribute::List(target.clone()));
    let dims = target.iter().map(Attribute::as_int);
    let shape = std::iter::once(context.batch()?).chain(dims).collect();
    Ok(Converted { layer, shape })
}
