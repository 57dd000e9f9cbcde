//! General matrix products.

use hls4rs_types::Tensor;

use super::edit::permuted;
use super::identity::remove_identities;
use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Makes `MatMul` and `Add` of `Gemm`.
///
/// Before: `Gemm(x, w, b)` with `transB`; after: `Add(MatMul(x, Transpose(w)), b)`, with products where `alpha` or `beta` is not 1.
///
/// **Source:** `GemmToMatMul` of qonnx 1.0.0, which fails without a bias and with factors other than 1: its factors are doubles.
pub(super) fn split_gemm(graph: &mut OnnxGraph) {
    while let Some(place) = graph.nodes.iter().position(|node| node.op_type == "Gemm") {
        split(graph, place);
        remove_identities(graph);
        tidy(graph);
    }
}

fn split(graph: &mut OnnxGraph, place: usize) {
    let gemm = graph.nodes.remove(place);
    let origin = if gemm.origin.is_empty() { gemm.name.clone() } else { gemm.origin.clone() };
    let mut made = Vec::new();
    let a = factor(graph, &gemm, 0, "transA", &mut made);
    let b = factor(graph, &gemm, 1, "transB", &mut made);
    let shape = graph.shape(gemm.output(0)).unwrap_or_default().to_vec();
    let product = graph.add_tensor(&shape);
    made.push(OnnxNode::of("MatMul", &[&a, &b], &[&product]));
    let mut result = product;
    if let Some(alpha) = factor_of(&gemm, "alpha") {
        result = scaled(graph, &result, alpha, &mut made);
    }
    if let Some(bias) = gemm.inputs.get(2).filter(|name| !name.is_empty()) {
        let bias = match factor_of(&gemm, "beta") {
            Some(beta) => scaled(graph, bias, beta, &mut made),
            None => bias.clone(),
        };
        let sum = graph.add_tensor(&shape);
        made.push(OnnxNode::of("Add", &[&result, &bias], &[&sum]));
    }
    if let Some(last) = made.last_mut() {
        last.set_output(0, gemm.output(0));
    }
    for (i, mut node) in made.into_iter().enumerate() {
        node.origin.clone_from(&origin);
        graph.insert_node(place + i, node);
    }
}

/// A factor that is not 1.
fn factor_of(gemm: &OnnxNode, name: &str) -> Option<f32> {
    gemm.float(name).map(|value| value as f32).filter(|value| (value - 1.0).abs() > 2e-5)
}

/// One side of the product, transposed if it is to be.
fn factor(
    graph: &mut OnnxGraph,
    gemm: &OnnxNode,
    index: usize,
    name: &str,
    made: &mut Vec<OnnxNode>,
) -> String {
    let input = gemm.input(index).clone();
    if gemm.int(name).unwrap_or_default() == 0 {
        return input;
    }
    let shape = permuted(graph.shape(&input).unwrap_or_default(), &[1, 0]);
    let transposed = graph.add_tensor(&shape);
    made.push(OnnxNode::of("Transpose", &[&input], &[&transposed]));
    transposed
}

fn scaled(graph: &mut OnnxGraph, tensor: &str, factor: f32, made: &mut Vec<OnnxNode>) -> String {
    let shape = graph.shape(tensor).unwrap_or_default().to_vec();
    let Ok(value) = Tensor::new(&[], vec![factor]) else { return tensor.to_owned() };
    let factor = graph.add_constant(value);
    let product = graph.add_tensor(&shape);
    made.push(OnnxNode::of("Mul", &[tensor, &factor], &[&product]));
    product
}
