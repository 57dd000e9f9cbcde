//! Windows of convolutions and poolings, written out.

use super::shapes::kernel;
use crate::graph::OnnxGraph;
use crate::node::{NodeAttribute, OnnxNode};

/// Operators with a window.
const OPERATORS: &[&str] = &["Conv", "MaxPool", "AveragePool"];

/// Gives convolutions and poolings the attributes that they leave out: the size of the window, strides, dilations and pads,
/// also where `auto_pad` says that the sizes stay the same.
///
/// **Source:** hls4ml 1.3.0 refuses what leaves them out; newer exporters of PyTorch do.
pub(super) fn complete_windows(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        if OPERATORS.contains(&graph.nodes[place].op_type.as_str())
            && let Some(node) = completed(graph, &graph.nodes[place])
        {
            graph.nodes[place] = node;
        }
    }
}

fn completed(graph: &OnnxGraph, node: &OnnxNode) -> Option<OnnxNode> {
    let shape = graph.shape(node.input(0))?;
    let n_dim = shape.len().checked_sub(2).filter(|n_dim| *n_dim > 0)?;
    let kernel = kernel(graph, node, n_dim)?;
    let mut node = node.clone();
    let ones = vec![1; n_dim];
    let strides = node.ints("strides").map_or_else(|| ones.clone(), <[i64]>::to_vec);
    let dilations = node.ints("dilations").map_or_else(|| ones.clone(), <[i64]>::to_vec);
    let pads = match node.text("auto_pad").unwrap_or("NOTSET") {
        "NOTSET" => node.ints("pads").map_or_else(|| vec![0; 2 * n_dim], <[i64]>::to_vec),
        "VALID" => vec![0; 2 * n_dim],
        mode => {
            let first = if node.is_channels_last() { 1 } else { 2 };
            let sizes = shape.get(first..first + n_dim)?;
            same_pads(sizes, &kernel, &strides, &dilations, mode == "SAME_LOWER")?
        }
    };
    node.attributes.shift_remove("auto_pad");
    for (name, values) in
        [("kernel_shape", kernel), ("strides", strides), ("dilations", dilations), ("pads", pads)]
    {
        node.attributes.insert(name.to_owned(), NodeAttribute::Ints(values));
    }
    Some(node)
}

/// Pads with which `⌈size / stride⌉` outputs are made, all before and then all behind.
fn same_pads(
    sizes: &[i64],
    kernel: &[i64],
    strides: &[i64],
    dilations: &[i64],
    is_lower: bool,
) -> Option<Vec<i64>> {
    let total = |dim: usize| -> Option<i64> {
        let (size, stride) = (*sizes.get(dim)?, *strides.get(dim).filter(|stride| **stride > 0)?);
        let reach = kernel.get(dim)?.checked_sub(1)?.checked_mul(*dilations.get(dim)?)?.checked_add(1)?;
        let out = size.checked_add(stride - 1)? / stride;
        Some((out - 1).checked_mul(stride)?.checked_add(reach)?.checked_sub(size)?.max(0))
    };
    let totals: Option<Vec<i64>> = (0..sizes.len()).map(total).collect();
    let totals = totals?;
    let small = totals.iter().map(|total| total / 2);
    let large = totals.iter().map(|total| total - total / 2);
    Some(if is_lower { large.chain(small).collect() } else { small.chain(large).collect() })
}
