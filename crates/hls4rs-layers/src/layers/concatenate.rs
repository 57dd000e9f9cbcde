//! Joining tensors.

use super::shapes::{python_index, two_inputs};
use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// Joins two tensors along one axis.
    ///
    /// **Shapes:** `[…, n, …], […, m, …] → […, n + m, …]`.
    ///
    /// **Source:** `hls4ml.model.layers.Concatenate`, hls4ml 1.3.0.
    ///
    /// **Limits:** the axis 0 means the first dimension after the batch, as 1 does. That the other dimensions are equal
    /// is not checked.
    Concatenate, ConcatenateBuilder = "hls4ml.model.layers.Concatenate";
    aliases: ["Concatenate"];
    inputs: 2, 2;
    attributes: {
        op: String = Optional, "`concatenate` with rank and `d`, in upper or lower case: `concatenate2d`";
        axis: Int = Optional, "axis, counted from 0 with the batch, or from the end if negative";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let (first, second) = two_inputs(inputs)?;
    let axis = state.int("axis")?;
    let position = if axis > 0 { axis - 1 } else { axis };
    let dimension = |shape: &Shape| shape.get(python_index(position, shape.len())?).copied();
    let mut shape = first.clone();
    let joined = dimension(first).zip(dimension(second)).and_then(|(n, m)| n.checked_add(m));
    let joined_at = python_index(position, shape.len()).and_then(|position| shape.get_mut(position));
    match (joined_at, joined) {
        (Some(place), Some(joined)) => *place = joined,
        _ => {
            let expected = format!("tensors that have the axis {axis}");
            return Err(LayerError::InputShape { expected, found: format!("{first:?} and {second:?}") });
        }
    }
    Ok(vec![shape])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(axis: i64) -> Result<Vec<Shape>, LayerError> {
        let layer = Concatenate::builder("join").axis(axis).build().into_layer();
        layer.infer(&[vec![3, 4, 5], vec![3, 4, 5]])
    }

    #[test]
    fn positive_axes_count_the_batch() {
        assert_eq!(joined(1), Ok(vec![vec![6, 4, 5]]));
        assert_eq!(joined(3), Ok(vec![vec![3, 4, 10]]));
        assert_eq!(joined(0), joined(1));
    }

    #[test]
    fn negative_axes_count_from_the_end() {
        assert_eq!(joined(-1), Ok(vec![vec![3, 4, 10]]));
        assert_eq!(joined(-3), Ok(vec![vec![6, 4, 5]]));
    }

    #[test]
    fn an_axis_that_is_not_there_is_an_error() {
        let message = "input shapes: expected tensors that have the axis 4, found [3, 4, 5] and [3, 4, 5]";
        assert_eq!(joined(4).unwrap_err().to_string(), message);
        assert!(joined(-4).is_err());
        assert!(joined(i64::MIN).is_err());
    }
}
