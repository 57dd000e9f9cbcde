//! Flattening.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Flatten` as `Reshape` to one dimension.
///
/// Axis 0 flattens the batch, too, which is the same for the one sample that models are converted with.
///
/// **Source:** `parse_flatten_layer` of `hls4ml.converters.onnx.reshape`, hls4ml 1.3.0, which does not look at the axis; qonnx's
/// `AbsorbChanFirstIntoMatMul` leaves axis 0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let shape = context.shape(0)?;
    let axis = context.node.int("axis").unwrap_or(1);
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let from_front = if axis < 0 { axis.saturating_add(rank) } else { axis };
    let is_whole = match from_front {
        0 => shape.first().is_none_or(|&batch| batch <= 1),
        axis => axis == 1,
    };
    if !is_whole {
        let message =
            format!("attribute `axis`: expected 1, found {axis} for an input of the shape {shape:?}");
        return Err(Problem::unsupported(message, "flatten everything behind the batch"));
    }
    Ok(context.entry("Reshape").with("target_shape", vec![-1i64]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::OnnxGraph;
    use crate::node::OnnxNode;

    fn converted(axis: i64, shape: &[i64]) -> Result<Entry, Problem> {
        let node = OnnxNode::of("Flatten", &["x"], &["y"]).with_int("axis", axis);
        let (graph, shapes) = (OnnxGraph::default(), [shape.to_vec()]);
        convert(&Context { graph: &graph, node: &node, inputs: &["x".to_owned()], shapes: &shapes })
    }

    #[test]
    fn the_batch_of_one_may_be_flattened() {
        for (axis, shape) in [(1, &[4, 3, 2][..]), (-2, &[4, 3, 2]), (0, &[1, 3, 2]), (-3, &[0, 3, 2])] {
            assert!(converted(axis, shape).is_ok(), "{axis} {shape:?}");
        }
        for (axis, shape) in [(0, &[4, 3, 2][..]), (2, &[1, 3, 2]), (-1, &[1, 3, 2]), (-9, &[1, 3, 2])] {
            let error = converted(axis, shape).unwrap_err();
            assert!(error.message.contains("attribute `axis`: expected 1"), "{}", error.message);
        }
    }
}
