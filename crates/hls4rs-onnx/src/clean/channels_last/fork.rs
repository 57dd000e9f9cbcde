//! Transpositions that several operations read.

use crate::clean::shapes::infer_shapes;
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Gives each reader of a `Transpose` one of its own.
///
/// **Source:** `MoveTransposePastFork` of qonnx 1.0.0, with the places that it puts operations at: they decide about names.
pub(super) fn move_past_forks(graph: &mut OnnxGraph) {
    while split_all(graph) {
        infer_shapes(graph);
    }
    tidy(graph);
}

fn split_all(graph: &mut OnnxGraph) -> bool {
    let mut is_changed = false;
    let nodes: Vec<OnnxNode> = graph.nodes.clone();
    let mut next = 0;
    for node in nodes {
        next += 1;
        if node.op_type == "Transpose" {
            is_changed |= split(graph, &node, &mut next).is_some();
        }
    }
    is_changed
}

fn split(graph: &mut OnnxGraph, node: &OnnxNode, next: &mut usize) -> Option<()> {
    let place = graph.producer_index(node.output(0))?;
    if !graph.is_fork(place) || graph.is_join(place) {
        return None;
    }
    let readers: Vec<String> = graph
        .consumers(node.output(0))
        .into_iter()
        .map(|place| graph.nodes[place].output(0).clone())
        .collect();
    let (first, others) = readers.split_first()?;
    if others.iter().all(|other| other == first) {
        return None;
    }
    let shape = graph.shape(node.output(0)).unwrap_or_default().to_vec();
    for reader in others {
        let own = graph.add_tensor(&shape);
        let mut copy = node.clone();
        copy.set_output(0, &own);
        graph.insert_node(*next, copy);
        *next += 1;
        let mut reader = graph.remove_producer(reader)?;
        let index = reader.inputs.iter().position(|input| input == node.output(0))?;
        reader.set_input(index, &own);
        graph.insert_node(*next, reader);
    }
    Some(())
}
