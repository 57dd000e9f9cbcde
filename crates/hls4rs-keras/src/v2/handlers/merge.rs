//! Operations on two tensors.

use hls4rs_frontend::Problem;

use crate::v2::{Context, Converted};

/// The classes.
pub(super) const CLASSES: &[&str] =
    &["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"];

/// Sums, products and the like as `Merge`; `Concatenate` and `Dot` as kinds of their own.
///
/// **Source:** `parse_merge_layer` of `hls4ml.converters.keras.merge`, hls4ml 1.3.0. The shape behind a `Dot` is that of its
/// first input.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let mut shape = context.shape()?.clone();
    let (op, rank) = (context.class_name.to_lowercase(), shape.len().saturating_sub(1));
    let most = match context.class_name {
        "Concatenate" => 3,
        "Dot" => 1,
        _ => usize::MAX,
    };
    if rank > most {
        let message = format!("expected at most {most} dimensions beside the batch, found {rank}");
        return Err(Problem::unsupported(message, "reshape the inputs before this layer"));
    }
    match context.class_name {
        "Concatenate" => {
            layer.set("op", format!("{op}{rank}d"));
            let axis = context.config.int("axis")?;
            layer.set("axis", axis);
            join(&mut shape, context.shapes.get(1), axis)?;
        }
        "Dot" => layer.set("op", format!("{op}{rank}d")),
        _ => {
            layer.set("op", op);
            layer.set("class_name", "Merge");
        }
    }
    let count = context.inputs.as_ref().map_or(0, Vec::len);
    if count > 2 {
        return Err(Problem::unsupported(
            format!("expected two inputs, found {count}"),
            "merge two tensors at a time",
        ));
    }
    Ok(Converted { layer, shape })
}

/// Makes a shape as long as two of them along an axis.
fn join(shape: &mut [Option<i64>], other: Option<&Vec<Option<i64>>>, axis: i64) -> Result<(), Problem> {
    let place =
        if axis < 0 { shape.len().checked_add_signed(axis as isize) } else { usize::try_from(axis).ok() };
    let dims = place.and_then(|place| Some((shape.get_mut(place)?, other?.get(place)?)));
    let Some((length, more)) = dims else {
        let message = format!("`axis`: expected one that both inputs have, found {axis}");
        return Err(Problem::malformed(message, "save the model again"));
    };
    *length = length.zip(*more).map(|(length, more)| length.saturating_add(more));
    Ok(())
}
