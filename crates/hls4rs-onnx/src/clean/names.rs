//! Names of operations and tensors.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::graph::OnnxGraph;

/// Names operations by their operator and number, and tensors by the operation.
///
/// Before: an operation `/fc1/Gemm`, from which `MatMul` was made; after: `MatMul_0`, its output `MatMul_0_out0`, its constant
/// `MatMul_0_param0`. The first input of the model is `global_in`, the next one `global_in_1`, and outputs likewise.
///
/// **Source:** `GiveUniqueNodeNames` and `GiveReadableTensorNames` of `qonnx.transformation.general`, qonnx 1.0.0. A tensor that
/// an operation reads twice gets its new name only once there, and the model falls apart; here it gets it twice.
pub(super) fn give_names(graph: &mut OnnxGraph) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for node in &mut graph.nodes {
        let count = counts.entry(node.op_type.clone()).or_default();
        let name = format!("{}_{count}", node.op_type);
        *count += 1;
        if node.origin.is_empty() {
            node.origin = std::mem::replace(&mut node.name, name);
        } else {
            node.name = name;
        }
    }
    for node in &graph.nodes {
        for (number, output) in node.outputs.iter().enumerate() {
            names.insert(output.clone(), format!("{}_out{number}", node.name));
        }
        let constants = node.inputs.iter().filter(|input| graph.initializers.contains_key(*input));
        for (number, constant) in constants.enumerate() {
            names.insert(constant.clone(), format!("{}_param{number}", node.name));
        }
    }
    for (tensors, name) in [(&graph.inputs, "global_in"), (&graph.outputs, "global_out")] {
        for (number, tensor) in tensors.iter().enumerate() {
            let number = if number == 0 { String::new() } else { format!("_{number}") };
            names.insert(tensor.clone(), format!("{name}{number}"));
        }
    }
    rename(graph, &names);
}

fn rename(graph: &mut OnnxGraph, names: &BTreeMap<String, String>) {
    let renamed = |name: &String| match names.get(name) {
        Some(new) if !name.is_empty() => new.clone(),
        _ => name.clone(),
    };
    for node in &mut graph.nodes {
        let tensors = node.inputs.iter_mut().chain(&mut node.outputs);
        tensors.for_each(|name| *name = renamed(name));
    }
    let tensors = graph.inputs.iter_mut().chain(&mut graph.outputs);
    tensors.for_each(|name| *name = renamed(name));
    let initializers = std::mem::take(&mut graph.initializers);
    graph.initializers = initializers.into_iter().map(|(name, value)| (renamed(&name), value)).collect();
    let shapes: IndexMap<String, Vec<i64>> = std::mem::take(&mut graph.shapes);
    graph.shapes = shapes.into_iter().map(|(name, shape)| (renamed(&name), shape)).collect();
}
