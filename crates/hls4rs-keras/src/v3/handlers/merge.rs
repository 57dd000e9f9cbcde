//! Operations on two tensors.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Attribute;

use crate::v2::{Shape, shown};
use crate::v3::call::{Call, Made, dims};

/// Sums, products and the like as `Merge`; `Concatenate` and `Dot` as kinds of their own.
///
/// **Source:** `MergeHandler` of `hls4ml.converters.keras_v3.merge`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let (layer, shape) = merged(call, call.class_name)?;
    Ok(Made { layers: vec![layer], shape })
}

/// The layer for an operation, and the shape of its output.
pub(super) fn merged(call: &Call<'_, '_>, operation: &str) -> Result<(Entry, Shape), Problem> {
    let [first, second] = call.inputs.as_slice() else {
        let message = format!("expected two inputs, found {}", call.inputs.len());
        return Err(Problem::unsupported(message, "merge two tensors at a time"));
    };
    let mut layer = call.entry();
    let (class_name, op, shape) = match operation {
        "Concatenate" => {
            let axis = call.config.int("axis")?;
            let shape = joined(&first.shape, &second.shape, axis)?;
            layer.set("output_shape", dims(&shape));
            layer.set("axis", axis);
            ("Concatenate", format!("Concatenate{}d", shape.len() - 1), shape)
        }
        "Dot" => {
            if first.shape.len() != 2 || first.shape != second.shape {
                let message = format!(
                    "expected two inputs of one equal dimension, found {} and {}",
                    shown(&first.shape),
                    shown(&second.shape)
                );
                return Err(Problem::unsupported(message, "flatten the inputs before this layer"));
            }
            if call.config.get("normalize").and_then(Attribute::as_bool) == Some(true) {
                let message = "`normalize`: expected false, found true";
                return Err(Problem::unsupported(message, "normalize in a layer before this one"));
            }
            let shape = call.batched([1]);
            layer.set("output_shape", dims(&shape));
            layer.set("axes", call.config.0.get("axes").cloned().unwrap_or_default());
            ("Dot", "dot1d".to_owned(), shape)
        }
        _ => {
            let shape = broadcast(&first.shape, &second.shape)?;
            layer.set("output_shape", dims(&shape));
            ("Merge", operation.to_lowercase(), shape)
        }
    };
    layer.set("class_name", class_name);
    layer.set("op", op);
    Ok((layer, shape))
}

/// A shape as long as two of them along an axis.
fn joined(first: &Shape, second: &Shape, axis: i64) -> Result<Shape, Problem> {
    let place = if axis < 0 { axis + first.len() as i64 } else { axis };
    let place = usize::try_from(place).ok().filter(|place| (1..first.len()).contains(place));
    let Some((place, more)) = place.and_then(|place| Some((place, *second.get(place)?))) else {
        let message = format!("`axis`: expected one that both inputs have, found {axis}");
        return Err(Problem::malformed(message, "save the model again"));
    };
    let mut shape = first.clone();
    shape[place] = shape[place].zip(more).map(|(length, more)| length.saturating_add(more));
    Ok(shape)
}

/// The shape of an operation on each pair of elements.
///
/// **Source:** `Merge._compute_elemwise_op_output_shape` of `keras.src.layers.merging.base_merge`, Keras 3.15.
fn broadcast(first: &Shape, second: &Shape) -> Result<Shape, Problem> {
    let (long, short) = if first.len() < second.len() { (second, first) } else { (first, second) };
    let (batch, long) = long.split_first().unwrap_or((&None, &[]));
    let short = short.get(1..).unwrap_or_default();
    let mut shape = vec![*batch];
    shape.extend(&long[..long.len() - short.len()]);
    for pair in long[long.len() - short.len()..].iter().zip(short) {
        shape.push(match pair {
            (None, _) | (_, None) => None,
            (Some(1), Some(other)) | (Some(other), Some(1)) => Some(*other),
            (Some(one), Some(other)) if one == other => Some(*one),
            _ => {
                let message =
                    format!("expected inputs of equal shapes, found {} and {}", shown(first), shown(second));
                return Err(Problem::malformed(message, "save the model again"));
            }
        });
    }
    Ok(shape)
}
