//! Transpositions of quantized constants.

use super::eval::transposed;
use super::fold::is_constant;
use super::tidy::tidy;
use crate::graph::OnnxGraph;

/// Takes a `Transpose` behind a quantizer of constants into the constants.
///
/// Before: `Transpose(Quant(w, scale, …))`; after: `Quant(wᵀ, scaleᵀ, …)`, constants of other ranks left as they are.
///
/// **Source:** `FoldTransposeIntoQuantInit` of qonnx 1.0.0, which leaves other readers of the quantizer without it; here a
/// quantizer that several read stays as it is. Of transpositions side by side it takes every second one in a round, which decides
/// about the order of constants.
pub(super) fn fold_quantized_transposes(graph: &mut OnnxGraph) {
    let mut is_changed = true;
    while is_changed {
        is_changed = false;
        let mut place = 0;
        while place < graph.nodes.len() {
            is_changed |= fold(graph, place).is_some();
            // also where one was taken out: the next one has to wait for the next round then
            place += 1;
        }
    }
    tidy(graph);
}

fn fold(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = graph.nodes.get(place).filter(|node| node.op_type == "Transpose")?;
    let producer = graph.producer_index(node.input(0))?;
    let quant = graph.nodes.get(producer)?;
    let is_quantizer = ["Quant", "BipolarQuant"].contains(&quant.op_type.as_str());
    if !is_quantizer || !is_constant(graph, quant) || graph.is_fork(producer) {
        return None;
    }
    let (perm, output) = (graph.permutation(node)?, node.output(0).clone());
    for input in quant.inputs.clone() {
        let value = graph.constant(&input)?;
        if value.rank() == perm.len() {
            let value = transposed(value, &perm)?;
            graph.set_constant(&input, value);
        } else if let Some(value) = (graph.nodes[place].ints("perm").is_none()).then(|| value.clone()) {
            let reversed: Vec<usize> = (0..value.rank()).rev().collect();
            let value = transposed(&value, &reversed)?;
            graph.set_constant(&input, value);
        }
    }
    graph.nodes[producer].set_output(0, &output);
    graph.nodes.remove(place);
    Some(())
}
