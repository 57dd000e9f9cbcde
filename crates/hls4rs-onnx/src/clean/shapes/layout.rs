//! Shapes of operations that move elements.

use super::{axis, integers};
use crate::clean::edit::permuted;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

pub(super) fn transpose(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    Some(permuted(graph.shape(node.input(0))?, &graph.permutation(node)?))
}

/// All dimensions before the axis, and all from it on.
pub(super) fn flatten(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let (before, behind) = shape.split_at(axis(node.int("axis").unwrap_or(1), shape.len())?);
    let product = |sizes: &[i64]| sizes.iter().try_fold(1i64, |product, size| product.checked_mul(*size));
    Some(vec![product(before)?, product(behind)?])
}

/// A size of 0 is that of the same dimension of the input, and −1 what is left.
pub(super) fn reshape(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let target = match node.ints("shape") {
        Some(target) => target.to_vec(),
        None => integers(graph, node.input(1))?,
    };
    let is_literal = node.int("allowzero").unwrap_or_default() != 0;
    let size = |(dim, size): (usize, &i64)| match size {
        0 if !is_literal => shape.get(dim).copied().unwrap_or_default(),
        size => *size,
    };
    let mut sizes: Vec<i64> = target.iter().enumerate().map(size).collect();
    if let Some(open) = sizes.iter().position(|size| *size < 0) {
        sizes[open] = rest(shape, &sizes, &target, open)?;
    }
    Some(sizes)
}

/// What is left for an open dimension: 0 where dimensions are not known that are not just copied.
fn rest(shape: &[i64], sizes: &[i64], target: &[i64], open: usize) -> Option<i64> {
    let is_copied = |dim: &usize| target.get(*dim) == Some(&0);
    let mut known = (0..shape.len()).filter(|dim| !is_copied(dim)).map(|dim| shape[dim]);
    let total = known.try_fold(1i64, |product, size| product.checked_mul(size))?;
    let mut taken = (0..sizes.len()).filter(|dim| *dim != open && !is_copied(dim)).map(|dim| sizes[dim]);
    let taken = taken.try_fold(1i64, |product, size| product.checked_mul(size))?;
    if taken == 0 { Some(0) } else { total.checked_div(taken) }
}

pub(super) fn unsqueeze(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let axes = axes(graph, node)?;
    let rank = shape.len() + axes.len();
    let axes: Option<Vec<usize>> = axes.iter().map(|value| axis(*value, rank)).collect();
    let axes = axes?;
    let mut sizes = shape.iter();
    (0..rank).map(|dim| if axes.contains(&dim) { Some(1) } else { sizes.next().copied() }).collect()
}

pub(super) fn squeeze(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let Some(axes) = axes(graph, node) else {
        return Some(shape.iter().copied().filter(|size| *size != 1).collect());
    };
    let axes: Option<Vec<usize>> = axes.iter().map(|value| axis(*value, shape.len())).collect();
    let axes = axes?;
    Some((0..shape.len()).filter(|dim| !axes.contains(dim)).map(|dim| shape[dim]).collect())
}

pub(super) fn concat(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let mut shape = graph.shape(node.input(0))?.to_vec();
    let axis = axis(node.int("axis")?, shape.len()).filter(|axis| *axis < shape.len())?;
    for input in node.inputs.iter().skip(1) {
        let other = graph.shape(input)?.get(axis).copied()?;
        shape[axis] = shape[axis].checked_add(other)?;
    }
    Some(shape)
}

pub(super) fn pad(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let pads = match node.ints("pads") {
        Some(pads) => pads.to_vec(),
        None => integers(graph, node.input(1))?,
    };
    if pads.len() != 2 * shape.len() {
        return None;
    }
    let size = |dim: usize| shape[dim].checked_add(pads[dim])?.checked_add(pads[dim + shape.len()]);
    (0..shape.len()).map(size).collect()
}

/// Sizes if they are given, else the input's times the scales.
pub(super) fn resize(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    if let Some(sizes) = integers(graph, node.input(3)).filter(|sizes| sizes.len() == shape.len()) {
        return Some(sizes);
    }
    let scales = node.inputs.get(2).filter(|name| !name.is_empty()).or_else(|| node.inputs.get(1))?;
    let scales: Vec<f64> = graph.constant(scales)?.iter_f64().ok()?.collect();
    let scaled = |(size, scale): (&i64, f64)| (*size as f64 * scale).floor() as i64;
    (scales.len() == shape.len()).then(|| shape.iter().zip(scales).map(scaled).collect())
}

pub(super) fn shape(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    Some(vec![i64::try_from(graph.rank(node.input(0))?).ok()?])
}

pub(super) fn reduce(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    let shape = graph.shape(node.input(0))?;
    let all = || (0..i64::try_from(shape.len()).unwrap_or_default()).collect();
    let axes: Option<Vec<usize>> =
        axes(graph, node).unwrap_or_else(all).iter().map(|value| axis(*value, shape.len())).collect();
    let (axes, keeps) = (axes?, node.int("keepdims").unwrap_or(1) != 0);
    let size = |dim: usize| match axes.contains(&dim) {
        true => keeps.then_some(1),
        false => Some(shape[dim]),
    };
    Some((0..shape.len()).filter_map(size).collect())
}

/// Axes as an attribute, or as a constant input.
pub(in crate::clean) fn axes(graph: &OnnxGraph, node: &OnnxNode) -> Option<Vec<i64>> {
    match node.ints("axes") {
        Some(axes) => Some(axes.to_vec()),
        None => integers(graph, node.inputs.get(1)?),
    }
}
