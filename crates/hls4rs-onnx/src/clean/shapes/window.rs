//! Shapes of convolutions and poolings.

use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// **Formula:** `out = ⌊(in + pads − ((kernel − 1) · dilation + 1)) / stride⌋ + 1`, or `⌈…⌉` with `ceil_mode`.
pub(super) fn infer(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let n_dim = shape.len().checked_sub(2).filter(|n_dim| *n_dim > 0)?;
    let first = if node.is_channels_last() { 1 } else { 2 };
    let channel = if node.is_channels_last() { shape.len() - 1 } else { 1 };
    let mut out = shape.to_vec();
    let kernel = kernel(graph, node, n_dim)?;
    let per_dim = |name: &str, count: usize, default: i64| -> Option<Vec<i64>> {
        match node.ints(name) {
            None => Some(vec![default; count]),
            Some(values) => (values.len() == count).then(|| values.to_vec()),
        }
    };
    let (strides, dilations) = (per_dim("strides", n_dim, 1)?, per_dim("dilations", n_dim, 1)?);
    let pads = per_dim("pads", 2 * n_dim, 0)?;
    let is_same = node.text("auto_pad").is_some_and(|mode| mode.starts_with("SAME"));
    let rounds_up = node.int("ceil_mode").unwrap_or_default() != 0;
    for dim in 0..n_dim {
        let (length, stride) = (shape[first + dim], strides[dim]);
        if stride < 1 {
            return None;
        }
        let reach = kernel[dim].checked_sub(1)?.checked_mul(dilations[dim])?.checked_add(1)?;
        let free = length.checked_add(pads[dim])?.checked_add(pads[n_dim + dim])?.checked_sub(reach)?;
        out[first + dim] = match (length, is_same, rounds_up) {
            (0, ..) => 0,
            (_, true, _) => length.checked_add(stride - 1)? / stride,
            (_, _, true) => free.checked_add(stride - 1)?.div_euclid(stride) + 1,
            _ => free.div_euclid(stride) + 1,
        };
    }
    if node.op_type == "Conv" {
        out[channel] = graph.shape(node.input(1))?.first().copied()?;
    }
    Some(out)
}

/// The size of the window.
pub(in crate::clean) fn kernel(graph: &OnnxGraph, node: &OnnxNode, n_dim: usize) -> Option<Vec<i64>> {
    if let Some(kernel) = node.ints("kernel_shape") {
        return (kernel.len() == n_dim).then(|| kernel.to_vec());
    }
    let weight = graph.shape(node.input(1))?;
    let first = if node.is_channels_last() { 1 } else { 2 };
    weight.get(first..first + n_dim).map(<[i64]>::to_vec)
}

/// One element per channel.
pub(super) fn global(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let channel = if node.is_channels_last() { shape.len().checked_sub(1)? } else { 1 };
    let size = |(dim, size): (usize, &i64)| if dim == 0 || dim == channel { *size } else { 1 };
    Some(shape.iter().enumerate().map(size).collect())
}
