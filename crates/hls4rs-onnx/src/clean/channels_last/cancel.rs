//! Transpositions that undo each other.

use super::{is_transpose, to_first, to_last};
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;

/// Takes out each `Transpose` to channels first that only one to channels last reads, together with that one.
///
/// **Source:** `RemoveConsecutiveChanFirstAndChanLastTrafos` of qonnx 1.0.0.
pub(super) fn cancel_transposes(graph: &mut OnnxGraph) {
    loop {
        let mut is_changed = false;
        let mut place = 0;
        while place < graph.nodes.len() {
            is_changed |= cancel(graph, place).is_some();
            place += 1;
        }
        if !is_changed {
            break;
        }
    }
    tidy(graph);
}

fn cancel(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let first = graph.nodes.get(place).filter(|node| is_transpose(graph, node, to_first))?;
    let [second] = graph.successors(place)[..] else { return None };
    let last = graph.nodes.get(second).filter(|node| is_transpose(graph, node, to_last))?;
    let (input, middle, output) = (first.input(0).clone(), first.output(0).clone(), last.output(0).clone());
    let is_output = |tensor: &String| graph.outputs.contains(tensor);
    if is_output(&middle) || is_output(&output) || graph.consumers(&output).is_empty() {
        return None;
    }
    graph.reread(&output, &input);
    graph.remove_producer(&middle)?;
    graph.remove_producer(&output)?;
    Some(())
}
