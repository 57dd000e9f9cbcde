//! Scales of weights of matrix products.

use super::eval::reshaped;
use super::fold::{is_constant, replace};
use crate::graph::OnnxGraph;

/// Gives scales of quantized weights that differ from column to column one dimension instead of two, where a matrix product reads
/// the weights.
///
/// Before: `MatMul(x, Quant(w, s))` with `s` of the shape `[1, n]`; after: `[n]`, which is stretched in the same way.
///
/// **Source:** hls4ml 1.3.0 moves scales of one dimension behind the product, and fails with others (`ScaleDownMatMul`).
pub(super) fn flatten_scales(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        flatten(graph, place);
    }
}

fn flatten(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let product = graph.nodes.get(place).filter(|node| node.op_type == "MatMul")?;
    let producer = graph.producer_index(product.input(1))?;
    let quant =
        graph.nodes.get(producer).filter(|node| node.op_type == "Quant" && is_constant(graph, node))?;
    let scale = quant.input(1).clone();
    let value = graph.constant(&scale)?;
    let &[1, columns] = value.shape() else { return None };
    let first = value.iter_f64().ok()?.next()?;
    if graph.is_fork(producer) || value.iter_f64().ok()?.all(|scale| scale == first) {
        return None;
    }
    let flat = reshaped(value, &[columns])?;
    replace(graph, &scale, flat);
    Some(())
}
