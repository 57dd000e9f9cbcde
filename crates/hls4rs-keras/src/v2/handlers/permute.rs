//! Transposition.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v2::{Context, Converted};

/// `Permute` as `Transpose`.
///
/// **Source:** `parse_permute_layer` of `hls4ml.converters.keras.reshape`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let dims = context.config.get("dims").and_then(Attribute::as_list).unwrap_or_default();
    let dims: Vec<i64> = dims.iter().filter_map(Attribute::as_int).collect();
    let input = context.shape()?.clone();
    layer.set("class_name", "Transpose");
    layer.set("perm", dims.iter().map(|dim| dim.saturating_sub(1)).collect::<Vec<i64>>());
    let of = |dim: &i64| usize::try_from(*dim).ok().and_then(|dim| input.get(dim)).copied().flatten();
    let shape = std::iter::once(context.batch()?).chain(dims.iter().map(of)).collect();
    Ok(Converted { layer, shape })
}
