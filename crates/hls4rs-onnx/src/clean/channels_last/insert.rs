//! Transpositions around operations that look at channels.

use super::{to_first, to_last};
use crate::clean::edit::permuted;
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::{CHANNELS_LAST, OnnxNode};

/// Operators that are done with channels last.
///
/// **Source:** qonnx 1.0.0 has `Conv`, `MaxPool` and `BatchNormalization`. It leaves `AveragePool` with channels first, which hls4ml
/// 1.3.0 refuses, and poolings over all pixels, which hls4ml then computes over pixels and channels mixed up.
const OPERATORS: &[&str] =
    &["Conv", "MaxPool", "BatchNormalization", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"];

/// Puts a `Transpose` to channels last before, and one to channels first behind each such operation, and marks it. Says whether
/// there was one.
///
/// **Source:** `InsertChannelsLastDomainsAndTrafos` of qonnx 1.0.0.
pub(super) fn insert_transposes(graph: &mut OnnxGraph) -> bool {
    let mut is_changed = false;
    let mut place = 0;
    while place < graph.nodes.len() {
        if is_first(graph, &graph.nodes[place]) {
            wrap(graph, place);
            is_changed = true;
        }
        place += 1;
    }
    if is_changed {
        tidy(graph);
    }
    is_changed
}

/// Whether there is an operation that has to be brought to channels last.
pub(in crate::clean) fn has_channels(graph: &OnnxGraph) -> bool {
    graph.nodes.iter().any(|node| is_first(graph, node))
}

/// Whether an operation is one on signals or images with channels first, of which all shapes are known.
fn is_first(graph: &OnnxGraph, node: &OnnxNode) -> bool {
    let has_channels = |tensor: &String| matches!(graph.rank(tensor), Some(3 | 4));
    node.domain.is_empty()
        && OPERATORS.contains(&node.op_type.as_str())
        && node.outputs.len() == 1
        && has_channels(node.output(0))
        && transposed_inputs(node).all(|index| has_channels(node.input(index)))
}

/// The data, and the kernel of a convolution; statistics and biases have one dimension.
fn transposed_inputs(node: &OnnxNode) -> std::ops::Range<usize> {
    0..if node.op_type == "Conv" { 2 } else { 1 }
}

fn wrap(graph: &mut OnnxGraph, place: usize) {
    let mut next = place + 1;
    for index in transposed_inputs(&graph.nodes[place]) {
        let input = graph.nodes[place].input(index).clone();
        let shape = graph.shape(&input).unwrap_or_default().to_vec();
        let perm = to_last(shape.len());
        let moved = graph.add_tensor(&permuted(&shape, &perm));
        graph.nodes[place].set_input(index, &moved);
        graph.insert_node(next, OnnxNode::transpose(&input, &moved, &perm));
        next += 1;
    }
    let output = graph.nodes[place].output(0).clone();
    let shape = graph.shape(&output).unwrap_or_default().to_vec();
    let moved = graph.add_tensor(&permuted(&shape, &to_last(shape.len())));
    graph.nodes[place].set_output(0, &moved);
    graph.insert_node(next, OnnxNode::transpose(&moved, &output, &to_first(shape.len())));
    CHANNELS_LAST.clone_into(&mut graph.nodes[place].domain);
}
