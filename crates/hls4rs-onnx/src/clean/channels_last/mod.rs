//! Channels behind the pixels.

mod cancel;
mod downstream;
mod flatten;
mod fork;
mod input;
mod insert;
mod upstream;

pub(super) use insert::has_channels;

use super::fold::{QUANTIZERS, fold_constants};
use super::quantized_transpose::fold_quantized_transposes;
use super::shapes::infer_shapes;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Rounds after which a graph that still changes is left as it is.
const MOST_ROUNDS: usize = 64;

/// Brings a graph to channels last, its first input included unless it is so already. Says whether the input was brought there.
///
/// Operations that look at channels get a `Transpose` before and one behind; then those are cancelled, moved and taken into
/// constants until nothing changes. What remains is where the model moves channels itself.
///
/// **Source:** `ConvertToChannelsLastAndClean` of qonnx 1.0.0, with `make_input_channels_last=True` unless all that the model does with
/// its input is to bring the channels to the front, as exporters from Keras have it.
pub(super) fn bring_channels_last(graph: &mut OnnxGraph) -> bool {
    let is_input_last = input::has_channels_last(graph);
    let is_changed = insert::insert_transposes(graph);
    if !is_changed {
        return false;
    }
    for round in 0..MOST_ROUNDS {
        let before = graph.clone();
        cancel::cancel_transposes(graph);
        upstream::move_upstream(graph);
        fold_quantized_transposes(graph);
        cancel::cancel_transposes(graph);
        downstream::move_downstream(graph);
        fork::move_past_forks(graph);
        cancel::cancel_transposes(graph);
        flatten::absorb_transposes(graph);
        if round == 0 && !is_input_last {
            input::transpose_input(graph);
        }
        cancel::cancel_transposes(graph);
        let is_same = *graph == before;
        infer_shapes(graph);
        fold_constants(graph, QUANTIZERS);
        if is_same {
            break;
        }
    }
    !is_input_last
}

/// The permutation from channels first to channels last.
fn to_last(rank: usize) -> Vec<usize> {
    let mut perm: Vec<usize> = (0..rank).filter(|axis| *axis != 1).collect();
    perm.push(1);
    perm
}

/// The permutation from channels last to channels first.
fn to_first(rank: usize) -> Vec<usize> {
    let mut perm: Vec<usize> = (0..rank - 1).collect();
    perm.insert(1, rank - 1);
    perm
}

/// Whether an operation is a `Transpose` with a permutation that the number of dimensions gives.
fn is_transpose(graph: &OnnxGraph, node: &OnnxNode, perm: fn(usize) -> Vec<usize>) -> bool {
    let rank = graph.rank(node.input(0)).unwrap_or_default();
    node.op_type == "Transpose" && rank > 2 && graph.permutation(node) == Some(perm(rank))
}
