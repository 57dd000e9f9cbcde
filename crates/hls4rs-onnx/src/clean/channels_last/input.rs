//! The model's input with channels last.

use super::{is_transpose, to_first};
use crate::clean::edit::permuted;
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Whether all that reads the first input brings its channels to the front, so that they are last in the input.
pub(super) fn has_channels_last(graph: &OnnxGraph) -> bool {
    let Some(input) = graph.inputs.first() else { return false };
    let mut readers = graph.consumers(input).into_iter().peekable();
    readers.peek().is_some() && readers.all(|place| is_transpose(graph, &graph.nodes[place], to_first))
}

/// Gives the first input its channels last, with a `Transpose` to channels first behind it.
///
/// **Source:** `MakeInputChannelsLast` of qonnx 1.0.0. Further inputs keep their layout.
pub(super) fn transpose_input(graph: &mut OnnxGraph) -> Option<()> {
    let input = graph.inputs.first()?.clone();
    let shape = graph.shape(&input).filter(|shape| shape.len() > 2)?.to_vec();
    let inner = graph.add_tensor(&shape);
    graph.reread(&input, &inner);
    graph.insert_node(0, OnnxNode::transpose(&input, &inner, &to_first(shape.len())));
    graph.shapes.insert(input, permuted(&shape, &super::to_last(shape.len())));
    tidy(graph);
    Some(())
}
