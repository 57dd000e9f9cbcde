//! Transpositions to channels last, towards the inputs.

use super::{is_transpose, to_last};
use crate::clean::eval::transposed;
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;

/// Operators that treat all elements alike.
const OPERATORS: &[&str] = &["Quant", "Relu", "Selu", "LeakyRelu", "Sigmoid", "Tanh"];

/// The same, if what they add or multiply is one number.
const WITH_NUMBER: &[&str] = &["Mul", "Div", "Sub", "Add"];

/// Moves each `Transpose` to channels last before the operation that it reads from, as far as it goes.
///
/// Before: `Transpose(Relu(x))`; after: `Relu(Transpose(x))`.
///
/// **Source:** `MoveChanLastUpstream` of qonnx 1.0.0. It leaves scales of one number per channel as they are when it moves a
/// `Transpose` before a `Quant`; here they are transposed, too.
pub(super) fn move_upstream(graph: &mut OnnxGraph) {
    while (0..graph.nodes.len()).any(|place| swap(graph, place).is_some()) {}
    tidy(graph);
}

fn swap(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = graph.nodes.get(place).filter(|node| is_transpose(graph, node, to_last))?;
    let producer = graph.producer_index(node.input(0))?;
    let before = graph.nodes.get(producer)?;
    let is_number = || matches!(graph.shape(before.input(1)), Some([1] | []));
    let treats_alike = OPERATORS.contains(&before.op_type.as_str())
        || (WITH_NUMBER.contains(&before.op_type.as_str()) && is_number());
    let input = before.input(0).clone();
    if !treats_alike || graph.is_fork(producer) || graph.initializers.contains_key(&input) {
        return None;
    }
    let (middle, output) = (node.input(0).clone(), node.output(0).clone());
    let rank = graph.rank(&middle)?;
    for constant in before.inputs.iter().skip(1).cloned().collect::<Vec<_>>() {
        let value = graph.constant(&constant)?;
        if value.rank() == rank && value.len() > 1 {
            let value = transposed(value, &to_last(rank))?;
            graph.set_constant(&constant, value);
        }
    }
    let shape = graph.shape(&output)?.to_vec();
    graph.nodes[place].set_input(0, &input);
    graph.nodes[place].set_output(0, &middle);
    graph.nodes[producer].set_input(0, &middle);
    graph.nodes[producer].set_output(0, &output);
    graph.shapes.insert(middle, shape);
    Some(())
}
