//! Transpositions to channels first, towards the outputs.

use hls4rs_types::Tensor;

use super::{is_transpose, to_first};
use crate::clean::edit::permuted;
use crate::clean::fold::{QUANTIZERS, fold_constants};
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Operators that work element by element.
const OPERATORS: &[&str] = &[
    "Identity",
    "Relu",
    "LeakyRelu",
    "Clip",
    "Selu",
    "Celu",
    "Elu",
    "Sigmoid",
    "HardSigmoid",
    "Tanh",
    "Softplus",
    "Exp",
    "Log",
    "Sqrt",
    "Erf",
    "Floor",
    "Ceil",
    "Round",
    "Sign",
    "Quant",
    "Mul",
    "Div",
    "Sub",
    "Add",
    "Mod",
    "And",
    "Or",
    "Xor",
    "Equal",
    "Less",
    "LessOrEqual",
    "Greater",
    "GreaterOrEqual",
    "Pow",
];

/// Moves each `Transpose` to channels first behind the operation that reads it, if that works element by element.
///
/// Before: `Add(Transpose(x), b)`; after: `Transpose(Add(x, bᵀ))`, where constants take their transposition in.
///
/// **Source:** `MoveChanFirstDownstream` of qonnx 1.0.0. It also moves one that several read, and the others then read channels
/// last in the place of channels first; here it stays where it is.
pub(super) fn move_downstream(graph: &mut OnnxGraph) {
    while (0..graph.nodes.len()).any(|place| swap(graph, place).is_some()) {
        tidy(graph);
        fold_constants(graph, QUANTIZERS);
    }
    tidy(graph);
}

fn swap(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = graph.nodes.get(place).filter(|node| is_transpose(graph, node, to_first))?;
    graph.producer_index(node.input(0))?;
    let (input, middle) = (node.input(0).clone(), node.output(0).clone());
    let successors = graph.successors(place);
    let reader = *successors.first()?;
    let behind = graph.nodes.get(reader)?;
    let reads_alone = successors.iter().all(|other| *other == reader) && !graph.outputs.contains(&middle);
    if !reads_alone || !OPERATORS.contains(&behind.op_type.as_str()) || behind.outputs.len() != 1 {
        return None;
    }
    let (others, output) = (behind.inputs.clone(), behind.output(0).clone());
    let shape = graph.shape(&input)?.to_vec();
    if others.iter().any(|other| !other.is_empty() && graph.rank(other).is_none_or(|rank| rank > shape.len()))
    {
        return None;
    }
    let mut moved_inputs = Vec::new();
    for other in &others {
        moved_inputs.push(match source(graph, other, shape.len())? {
            _ if *other == middle => Moved::Is(input.clone()),
            moved => moved,
        });
    }
    for (index, other) in moved_inputs.into_iter().enumerate() {
        let other = match other {
            Moved::Is(tensor) => tensor,
            Moved::Transposed(tensor) => moved(graph, &tensor, shape.len()),
        };
        graph.nodes[reader].set_input(index, &other);
    }
    graph.nodes[reader].set_output(0, &middle);
    graph.nodes[place].set_input(0, &middle);
    graph.nodes[place].set_output(0, &output);
    graph.shapes.insert(middle, shape);
    Some(())
}

/// Another input with channels last.
enum Moved {
    /// This tensor.
    Is(String),
    /// The transposition of this one.
    Transposed(String),
}

/// Where another input comes from with channels last. For signals both permutations are the same, and a `Transpose` that comes in
/// would itself be moved on, back and forth: they are only moved where none is needed.
///
/// **Source:** qonnx 1.0.0 does not come to an end with a sum of two convolutions over signals.
fn source(graph: &OnnxGraph, tensor: &str, rank: usize) -> Option<Moved> {
    let is_number = tensor.is_empty() || graph.shape(tensor)?.is_empty();
    if is_number {
        return Some(Moved::Is(tensor.to_owned()));
    }
    if rank > 3 || graph.initializers.contains_key(tensor) {
        return Some(Moved::Transposed(tensor.to_owned()));
    }
    let before = graph.nodes.get(graph.producer_index(tensor)?)?;
    is_transpose(graph, before, to_first).then(|| Moved::Is(before.input(0).clone()))
}

/// A tensor with channels last, by operations before it.
fn moved(graph: &mut OnnxGraph, tensor: &str, rank: usize) -> String {
    let mut shape = graph.shape(tensor).unwrap_or_default().to_vec();
    let mut source = tensor.to_owned();
    if shape.len() < rank {
        let missing = rank - shape.len();
        let axes: Vec<i64> = (0..i64::try_from(missing).unwrap_or_default()).collect();
        let axes = graph.add_constant(Tensor::vector(axes));
        shape.splice(0..0, std::iter::repeat_n(1, missing));
        let wide = graph.add_tensor(&shape);
        graph.nodes.push(OnnxNode::of("Unsqueeze", &[&source, &axes], &[&wide]));
        source = wide;
    }
    let perm = super::to_last(rank);
    let moved = graph.add_tensor(&permuted(&shape, &perm));
    graph.nodes.push(OnnxNode::transpose(&source, &moved, &perm));
    moved
}
