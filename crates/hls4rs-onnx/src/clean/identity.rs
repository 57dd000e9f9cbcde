//! Operations that do nothing.

use hls4rs_types::Tensor;

use super::shapes::infer_shapes;
use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// How far from 0 and 1 a constant may be that still does nothing.
const TOLERANCE: f32 = 1e-5;

/// Takes `Identity` and `Dropout` out where channels are moved or they make an output of the model, and gives their places. All
/// others are left out when operations are converted.
///
/// **Source:** hls4ml 1.3.0 leaves them out only after qonnx moved the channels, for which they are in the way; and it does not find
/// the layer of an output that they make.
pub(super) fn drop_identities(graph: &mut OnnxGraph, has_channels: bool) -> Vec<String> {
    let mut dropped = Vec::new();
    let mut place = 0;
    while let Some(node) = graph.nodes.get(place) {
        let does_nothing = ["Identity", "Dropout"].contains(&node.op_type.as_str());
        let is_constant = graph.initializers.contains_key(node.input(0));
        let is_in_the_way = has_channels || graph.outputs.contains(node.output(0));
        let described = node.place();
        if does_nothing && is_in_the_way && !is_constant && bridge(graph, place) {
            dropped.push(described);
        } else {
            place += 1;
        }
    }
    dropped
}

/// Takes out what adds 0 or multiplies with 1, and paddings with nothing.
///
/// **Source:** `RemoveIdentityOps` of `qonnx.transformation.remove`, qonnx 1.0.0, which its `GemmToMatMul` applies to the whole
/// model: with a `Gemm` in it, a bias of numbers below 0.00001 is dropped.
pub(super) fn remove_identities(graph: &mut OnnxGraph) {
    while let Some(place) = (0..graph.nodes.len()).find(|place| does_nothing(graph, &graph.nodes[*place])) {
        if !bridge(graph, place) {
            break;
        }
        infer_shapes(graph);
        tidy(graph);
    }
}

fn does_nothing(graph: &OnnxGraph, node: &OnnxNode) -> bool {
    let is_all = |number: f32| {
        graph.constant(node.input(1)).is_some_and(|value| is_close(value, number))
            && graph.shape(node.input(0)).is_none_or(|shape| Some(shape) == graph.shape(node.output(0)))
    };
    match node.op_type.as_str() {
        "Add" | "Sub" => is_all(0.0),
        "Mul" | "Div" => is_all(1.0),
        "Pad" => match node.ints("pads") {
            Some(pads) => pads.iter().all(|pad| *pad == 0),
            None => graph.constant(node.input(1)).is_some_and(|pads| is_close(pads, 0.0)),
        },
        "Identity" => true,
        "Dropout" if graph.opsets.first().is_some_and(|(_, version)| *version < 12) => {
            node.float("ratio") == Some(0.0)
        }
        "Dropout" => {
            node.inputs.len() == 1 || graph.constant(node.input(1)).is_some_and(|ratio| is_close(ratio, 0.0))
        }
        _ => false,
    }
}

fn is_close(value: &Tensor, number: f32) -> bool {
    let bound = TOLERANCE + TOLERANCE * number;
    value.iter_f64().is_ok_and(|mut values| values.all(|value| (value as f32 - number).abs() <= bound))
}

/// Takes an operation out and connects what is before it with what is behind it. Says whether that could be done.
fn bridge(graph: &mut OnnxGraph, place: usize) -> bool {
    let (input, output) = (graph.nodes[place].input(0).clone(), graph.nodes[place].output(0).clone());
    if graph.is_join(place) || input.is_empty() || output.is_empty() {
        return false;
    }
    match graph.producer_index(&input) {
        Some(producer) if !graph.is_fork(producer) => {
            let outputs = &mut graph.nodes[producer].outputs;
            outputs.iter_mut().filter(|name| **name == input).for_each(|name| output.clone_into(name));
        }
        _ if graph.outputs.contains(&output) || graph.consumers(&output).is_empty() => return false,
        _ => graph.reread(&output, &input),
    }
    graph.nodes.remove(place);
    true
}
