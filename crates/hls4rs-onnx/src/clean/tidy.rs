//! What is done behind every pass.

use std::collections::BTreeSet;

use super::sort::sort;
use crate::graph::OnnxGraph;

/// Operators that give the same with their inputs in any order.
const COMMUTATIVE: &[&str] = &["Add", "Mul", "And", "Or", "Xor", "Sum"];

/// Drops constants that nobody reads, sorts the operations, puts constant inputs behind others where that is the same, and
/// gives each reader a constant of its own.
///
/// **Source:** `ModelWrapper.cleanup` of qonnx 1.0.0.
pub(super) fn tidy(graph: &mut OnnxGraph) {
    drop_unused(graph);
    sort(graph);
    constants_last(graph);
    unique_constants(graph);
}

/// **Source:** `RemoveUnusedTensors` of `qonnx.transformation.general`, qonnx 1.0.0.
fn drop_unused(graph: &mut OnnxGraph) {
    let names = graph.nodes.iter().flat_map(|node| node.inputs.iter().chain(&node.outputs));
    let used: BTreeSet<&String> = names.chain(&graph.inputs).chain(&graph.outputs).collect();
    let mut initializers = std::mem::take(&mut graph.initializers);
    let mut shapes = std::mem::take(&mut graph.shapes);
    initializers.retain(|name, _| used.contains(name));
    shapes.retain(|name, _| used.contains(name));
    (graph.initializers, graph.shapes) = (initializers, shapes);
}

/// **Source:** `SortCommutativeInputsInitializerLast` of `qonnx.transformation.general`, qonnx 1.0.0.
fn constants_last(graph: &mut OnnxGraph) {
    for node in graph.nodes.iter_mut().filter(|node| COMMUTATIVE.contains(&node.op_type.as_str())) {
        node.inputs.sort_by_key(|input| graph.initializers.contains_key(input));
    }
}

/// **Source:** `GiveUniqueParameterTensors` of `qonnx.transformation.general`, qonnx 1.0.0.
pub(super) fn unique_constants(graph: &mut OnnxGraph) {
    let mut seen = BTreeSet::new();
    for place in 0..graph.nodes.len() {
        for index in 0..graph.nodes[place].inputs.len() {
            let input = graph.nodes[place].inputs[index].clone();
            let Some(value) = graph.constant(&input).cloned() else { continue };
            if !seen.insert(input) {
                let name = graph.add_constant(value);
                seen.insert(name.clone());
                graph.nodes[place].inputs[index] = name;
            }
        }
    }
}
