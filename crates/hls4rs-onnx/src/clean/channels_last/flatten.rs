//! Transpositions before a flattening and a matrix product.

use hls4rs_types::Tensor;

use super::{is_transpose, to_first};
use crate::clean::eval::{reshaped, transposed};
use crate::clean::shapes::infer_shapes;
use crate::clean::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Takes a `Transpose` to channels first before a flattening into the weight of the product behind it.
///
/// Before: `MatMul(Flatten(Transpose(x)), w)`; after: `MatMul(Flatten(x), w)` with the rows of `w` in the order of `x`.
///
/// **Source:** `AbsorbChanFirstIntoMatMul` of qonnx 1.0.0, which takes a `transB` of 0 for 1; here it is 0.
pub(super) fn absorb_transposes(graph: &mut OnnxGraph) {
    let mut place = 0;
    while place < graph.nodes.len() {
        absorb(graph, place);
        place += 1;
    }
    tidy(graph);
}

fn absorb(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node =
        graph.nodes.get(place).filter(|node| ["Flatten", "Reshape"].contains(&node.op_type.as_str()))?;
    let (shape, flat) = (graph.shape(node.input(0))?, graph.shape(node.output(0))?);
    let is_flattening = flat.len() == 2 && shape.first() == flat.first();
    let before = graph.nodes.get(graph.producer_index(node.input(0))?)?;
    if !is_flattening || !is_transpose(graph, before, to_first) {
        return None;
    }
    let [reader] = graph.consumers(node.output(0))[..] else { return None };
    let product = &graph.nodes[reader];
    let reads_data =
        product.input(0) == node.output(0) && ["MatMul", "Gemm"].contains(&product.op_type.as_str());
    let (inner, outer) = (before.output(0).clone(), node.output(0).clone());
    let is_seen = graph.outputs.contains(&inner) || graph.outputs.contains(&outer);
    if !reads_data || is_seen || graph.consumers(&inner).len() != 1 {
        return None;
    }
    let source = before.input(0).clone();
    let is_transposed = product.op_type == "Gemm" && product.int("transB").unwrap_or_default() != 0;
    let weight = weight(graph, product, is_transposed)?;
    let sizes = graph.shape(&source)?.get(1..)?.to_vec();
    let value = reordered(graph.constant(&weight)?, &sizes, is_transposed)?;
    graph.set_constant(&weight, value);
    let made = graph.fresh();
    graph.nodes[reader].set_input(0, &made);
    graph.remove_producer(&outer)?;
    graph.remove_producer(&inner)?;
    graph.insert_node(place + 1, OnnxNode::of("Flatten", &[&source], &[&made]).with_int("axis", 1));
    infer_shapes(graph);
    Some(())
}

/// The constant that a product is with, or that of its quantizer, if that treats all rows alike.
fn weight(graph: &OnnxGraph, product: &OnnxNode, is_transposed: bool) -> Option<String> {
    let tensor = product.input(1);
    let Some(producer) = graph.producer_index(tensor) else {
        return graph.initializers.contains_key(tensor).then(|| tensor.clone());
    };
    let quant = graph.nodes.get(producer).filter(|node| node.op_type == "Quant")?;
    let weight = quant.input(0).clone();
    let rows = usize::from(is_transposed);
    let is_alike =
        |input: &String| graph.shape(input).is_some_and(|shape| shape.len() < 2 || shape[rows] == 1);
    let is_alone = !graph.is_fork(producer) && graph.initializers.contains_key(&weight);
    (is_alone && quant.inputs.iter().skip(1).all(is_alike)).then_some(weight)
}

/// The rows of a weight in the order of channels last: `[c, h, w]` becomes `[h, w, c]`.
fn reordered(weight: &Tensor, sizes: &[i64], is_transposed: bool) -> Option<Tensor> {
    let sizes: Option<Vec<usize>> = sizes.iter().map(|size| usize::try_from(*size).ok()).collect();
    let (sizes, original) = (sizes?, weight.shape().to_vec());
    let (channels, pixels) = sizes.split_last()?;
    let weight = if is_transposed { transposed(weight, &[1, 0])? } else { weight.clone() };
    let &[_, columns] = weight.shape() else { return None };
    let first = [&[*channels], pixels, &[columns]].concat();
    let perm: Vec<usize> = (1..first.len() - 1).chain([0, first.len() - 1]).collect();
    let moved = transposed(&reshaped(&weight, &first)?, &perm)?;
    if is_transposed {
        return transposed(&reshaped(&moved, weight.shape())?, &[1, 0]);
    }
    reshaped(&moved, &original)
}
