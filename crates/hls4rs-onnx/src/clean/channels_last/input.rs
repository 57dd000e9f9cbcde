//! The model's input with channels last.

use super::to_first;
use crate::clean::edit::permuted;
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

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
