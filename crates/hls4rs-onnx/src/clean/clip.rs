//! Limits of numbers.

use hls4rs_types::Tensor;

use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::NodeAttribute;

/// Writes the limits of a `Clip` as attributes, as they were before version 11 of the operators, and makes `Relu` of one without an
/// upper limit.
///
/// Before: `Clip(x, 0, 6)`; after: `Clip(x)` with the attributes `min` and `max`.
pub(super) fn set_limits(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        if graph.nodes[place].op_type == "Clip" {
            set(graph, place);
        }
    }
    tidy(graph);
}

fn set(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = &graph.nodes[place];
    let limit = |index: usize, name: &str, default: f32| -> Option<f32> {
        match node.inputs.get(index).filter(|input| !input.is_empty()) {
            Some(input) => number(graph.constant(input)?),
            None => Some(node.float(name).map_or(default, |value| value as f32)),
        }
    };
    let (low, high) = (limit(1, "min", f32::NEG_INFINITY)?, limit(2, "max", f32::INFINITY)?);
    let node = &mut graph.nodes[place];
    node.inputs.truncate(1);
    node.attributes.clear();
    if low == 0.0 && high >= f32::MAX {
        "Relu".clone_into(&mut node.op_type);
        return Some(());
    }
    node.attributes.insert("min".to_owned(), NodeAttribute::Float(low));
    node.attributes.insert("max".to_owned(), NodeAttribute::Float(high));
    Some(())
}

fn number(value: &Tensor) -> Option<f32> {
    value.iter_f64().ok().filter(|_| value.len() == 1)?.next().map(|value| value as f32)
}
