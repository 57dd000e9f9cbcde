//! Shapes of operations on two tensors.

use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Operations element by element.
pub(super) const OPERATORS: &[&str] = &[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Max",
    "Min",
    "Sum",
    "Mean",
    "Average",
    "Mod",
    "And",
    "Or",
    "Xor",
    "Equal",
    "Less",
    "LessOrEqual",
    "Greater",
    "GreaterOrEqual",
    "Where",
];

/// The shape that all inputs are stretched to.
pub(super) fn infer(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let mut shape = graph.shape(node.input(0))?.to_vec();
    for input in node.inputs.iter().skip(1) {
        shape = stretched(&shape, graph.shape(input)?)?;
    }
    Some(shape)
}

/// **Shapes:** `[…, n, k]` and `[…, k, m]` give `[…, n, m]`.
pub(super) fn matmul(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let (a, b) = (graph.shape(node.input(0))?, graph.shape(node.input(1))?);
    match (a, b) {
        ([_], [_]) => Some(Vec::new()),
        ([_], [rest @ .., _, columns]) => Some([rest, &[*columns]].concat()),
        ([rest @ .., _], [_]) => Some(rest.to_vec()),
        ([a @ .., rows, _], [b @ .., _, columns]) => {
            let mut shape = stretched(a, b)?;
            shape.extend([*rows, *columns]);
            Some(shape)
        }
        _ => None,
    }
}

/// The shape of a product of matrices of which either may be transposed.
pub(super) fn gemm(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let (&[a0, a1], &[b0, b1]) = (graph.shape(node.input(0))?, graph.shape(node.input(1))?) else {
        return None;
    };
    let is_set = |name: &str| node.int(name).unwrap_or_default() != 0;
    Some(vec![if is_set("transA") { a1 } else { a0 }, if is_set("transB") { b0 } else { b1 }])
}

fn stretched(a: &[i64], b: &[i64]) -> Option<Vec<i64>> {
    let rank = a.len().max(b.len());
    let at = |shape: &[i64], dim: usize| {
        let missing = rank - shape.len();
        if dim < missing { 1 } else { shape[dim - missing] }
    };
    (0..rank)
        .map(|dim| match (at(a, dim), at(b, dim)) {
            (a, b) if a == b => Some(a),
            (1, other) | (other, 1) | (0, other) | (other, 0) => Some(other),
            _ => None,
        })
        .collect()
}
