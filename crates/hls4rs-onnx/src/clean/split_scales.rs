//! Scales of weights of matrix products.

use hls4rs_types::Tensor;

use super::fold::{is_constant, replace};
use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Takes scales that differ from column to column out of quantized weights, where a matrix product reads them.
///
/// Before: `MatMul(x, Quant(w, s))` with `s` of the shape `[1, n]`; after: `Mul(MatMul(x, Quant(w · m / s, m)), s / m)` with the
/// largest scale `m`, the same numbers.
///
/// **Source:** hls4ml 1.3.0 moves such scales behind convolutions, and fails with matrix products (`ScaleDownMatMul`).
pub(super) fn split_scales(graph: &mut OnnxGraph) {
    let mut place = 0;
    while place < graph.nodes.len() {
        split(graph, place);
        place += 1;
    }
    tidy(graph);
}

fn split(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let product = graph.nodes.get(place).filter(|node| node.op_type == "MatMul")?;
    let producer = graph.producer_index(product.input(1))?;
    let quant =
        graph.nodes.get(producer).filter(|node| node.op_type == "Quant" && is_constant(graph, node))?;
    let (weight, scale) = (quant.input(0).clone(), quant.input(1).clone());
    let has_zero = graph.constant(quant.input(2))?.iter_f64().ok()?.all(|zero| zero == 0.0);
    let scales: Vec<f32> = graph.constant(&scale)?.iter_f64().ok()?.map(|scale| scale as f32).collect();
    let most = scales.iter().copied().fold(0.0, f32::max);
    let shape = graph.constant(&weight)?.shape().to_vec();
    let is_per_column = shape.len() == 2 && graph.constant(&scale)?.shape() == [1, shape[1]];
    if !is_per_column || !has_zero || graph.is_fork(producer) || scales.iter().all(|scale| *scale == most) {
        return None;
    }
    let values = graph.constant(&weight)?.iter_f64().ok()?.map(|value| value as f32);
    let values = values.zip(scales.iter().cycle()).map(|(value, scale)| value / scale * most).collect();
    let factors = Tensor::vector(scales.iter().map(|scale| scale / most).collect::<Vec<f32>>());
    replace(graph, &weight, Tensor::new(&shape, values).ok()?);
    replace(graph, &scale, Tensor::new(&[], vec![most]).ok()?);
    let (output, origin) = (graph.nodes[place].output(0).clone(), graph.nodes[place].origin.clone());
    let sizes = graph.shape(&output)?.to_vec();
    let (scaled, factors) = (graph.add_tensor(&sizes), graph.add_constant(factors));
    graph.nodes[place].set_output(0, &scaled);
    let mut rescale = OnnxNode::of("Mul", &[&scaled, &factors], &[&output]);
    rescale.origin = origin;
    graph.insert_node(place + 1, rescale);
    Some(())
}
