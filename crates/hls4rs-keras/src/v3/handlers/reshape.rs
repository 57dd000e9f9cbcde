//! Other shapes of the same elements.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v3::call::{Call, Made, size};

/// `Reshape`.
///
/// **Source:** `ReshapeHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let target = call.config.get("target_shape").and_then(Attribute::as_list).unwrap_or_default();
    let target: Option<Vec<i64>> = target.iter().map(Attribute::as_int).collect();
    let size = size(&call.dims()?);
    let dims = target.and_then(|target| resolved(target, size)).ok_or_else(|| {
        let message = format!("`target_shape`: expected dimensions for {size} elements, found others");
        Problem::malformed(message, "save the model again")
    })?;
    reshaped(call, dims)
}

/// `Flatten` as `Reshape` to one dimension.
///
/// **Source:** `ReshapeHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn flatten(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let size = size(&call.dims()?);
    reshaped(call, vec![size])
}

fn reshaped(call: &Call<'_, '_>, dims: Vec<i64>) -> Result<Made, Problem> {
    let mut layer = call.entry();
    layer.set("class_name", "Reshape");
    layer.set("target_shape", dims.clone());
    Ok(Made { layers: vec![layer], shape: call.batched(dims) })
}

/// The dimensions with the one that is left open.
fn resolved(mut dims: Vec<i64>, size: i64) -> Option<Vec<i64>> {
    let rest: i64 =
        dims.iter().filter(|dim| **dim != -1).try_fold(1i64, |product, dim| product.checked_mul(*dim))?;
    for dim in &mut dims {
        if *dim == -1 {
            *dim = size.checked_div(rest)?;
        }
    }
    (dims.iter().try_fold(1i64, |product, dim| product.checked_mul(*dim))? == size).then_some(dims)
}

/// `Permute` as `Transpose`.
///
/// **Source:** `PermuteHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn permute(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let input = call.input()?.shape.clone();
    let dims = call.config.ints("dims", input.len().saturating_sub(1))?;
    let of = |dim: &i64| usize::try_from(*dim).ok().and_then(|dim| input.get(dim).copied());
    let shape: Option<Vec<Option<i64>>> = std::iter::once(&0).chain(&dims).map(of).collect();
    let Some(shape) = shape else {
        let message = format!("`dims`: expected dimensions of the input, found {dims:?}");
        return Err(Problem::malformed(message, "save the model again"));
    };
    let mut layer = call.entry();
    layer.set("class_name", "Transpose");
    layer.set("perm", dims.iter().map(|dim| dim.saturating_sub(1)).collect::<Vec<i64>>());
    Ok(Made { layers: vec![layer], shape })
}
