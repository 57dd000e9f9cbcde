//! Whether a graph has to be cleaned.

use std::collections::BTreeSet;

use super::fold::{ALL_QUANTIZERS, is_constant};
use crate::graph::OnnxGraph;
use crate::handlers::{SKIPPED, handler};
use crate::node::OnnxNode;

/// Operators that hls4ml converts with channels last alone.
const WITH_CHANNELS: &[&str] = &["Conv", "MaxPool", "AveragePool", "BatchNormalization"];

/// Whether a graph is one that hls4ml would refuse, and that cleaning may help. What hls4ml takes is converted as it is.
///
/// A graph is raw if an operation has an operator that is not converted, works on channels before pixels, has no name or that of
/// another one, reads something of unknown shape, or reads constants alone without being a quantizer.
pub(crate) fn is_raw(graph: &OnnxGraph) -> bool {
    let mut names = BTreeSet::new();
    graph.nodes.iter().any(|node| {
        let is_known = handler(&node.op_type).is_some() || SKIPPED.contains(&node.op_type.as_str());
        !is_known
            // converted once its limits are attributes; hls4ml refuses it
            || node.op_type == "Clip"
            || node.name.is_empty()
            || !names.insert(&node.name)
            || is_channels_first(graph, node)
            || node.inputs.iter().any(|input| !input.is_empty() && graph.shape(input).is_none())
            || (is_constant(graph, node) && !is_quantizer(node))
    })
}

fn is_quantizer(node: &OnnxNode) -> bool {
    ALL_QUANTIZERS.contains(&node.op_type.as_str()) || node.op_type == "IntQuant"
}

fn is_channels_first(graph: &OnnxGraph, node: &OnnxNode) -> bool {
    WITH_CHANNELS.contains(&node.op_type.as_str())
        && !node.is_channels_last()
        && graph.rank(node.input(0)).is_some_and(|rank| rank > 2)
}
