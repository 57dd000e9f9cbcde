//! Means over all pixels.

use super::shapes::{axes, axis};
use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Makes a pooling over all pixels of `ReduceMean` and `ReduceMax` over them, and a `Flatten` where the dimensions are dropped.
///
/// Before: `ReduceMean(x)` over the axes 2 and 3; after: `GlobalAveragePool(x)`.
///
/// **Source:** hls4ml 1.3.0 has no layer for the operators; PyTorch writes adaptive poolings to one pixel so.
pub(super) fn pool_means(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        pool(graph, place);
    }
    tidy(graph);
}

fn pool(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = graph.nodes[place].clone();
    let op_type = match node.op_type.as_str() {
        "ReduceMean" => "GlobalAveragePool",
        "ReduceMax" => "GlobalMaxPool",
        _ => return None,
    };
    let shape = graph.shape(node.input(0)).filter(|shape| (3..=4).contains(&shape.len()))?.to_vec();
    let reduced: Option<Vec<usize>> =
        axes(graph, &node)?.iter().map(|value| axis(*value, shape.len())).collect();
    let mut reduced = reduced?;
    reduced.sort_unstable();
    if !reduced.into_iter().eq(2..shape.len()) {
        return None;
    }
    let name = if node.origin.is_empty() { node.name.clone() } else { node.origin.clone() };
    let mut pooling = OnnxNode::of(op_type, &[node.input(0)], &[node.output(0)]);
    pooling.origin.clone_from(&name);
    if node.int("keepdims").unwrap_or(1) == 0 {
        let pooled: Vec<i64> = (0..shape.len()).map(|dim| if dim < 2 { shape[dim] } else { 1 }).collect();
        let pooled = graph.add_tensor(&pooled);
        pooling.set_output(0, &pooled);
        let mut flatten = OnnxNode::of("Flatten", &[&pooled], &[node.output(0)]).with_int("axis", 1);
        flatten.origin = name;
        graph.insert_node(place + 1, flatten);
    }
    graph.nodes[place] = pooling;
    Some(())
}
