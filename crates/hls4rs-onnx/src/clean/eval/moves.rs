//! Other shapes and orders of constants.

use hls4rs_types::{Order, Tensor};
use indexmap::IndexMap;

use super::{MOST, integers};
use crate::clean::edit::dims;
use crate::clean::shapes::infer_shapes;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

pub(super) fn identity(_: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    inputs.first().map(|input| (*input).clone())
}

/// The shape that is inferred for the operation.
pub(super) fn reshape(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let constants = node.inputs.iter().cloned().zip(inputs.iter().map(|input| (*input).clone()));
    let initializers: IndexMap<String, Tensor> = constants.collect();
    let shapes = initializers.iter().map(|(name, value)| (name.clone(), dims(value))).collect();
    let mut graph = OnnxGraph { initializers, shapes, nodes: vec![node.clone()], ..OnnxGraph::default() };
    infer_shapes(&mut graph);
    let shape: Option<Vec<usize>> =
        graph.shape(node.output(0))?.iter().map(|size| usize::try_from(*size).ok()).collect();
    reshaped(inputs.first()?, &shape?)
}

pub(super) fn transpose(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let tensor = inputs.first()?;
    let perm: Vec<usize> = match node.ints("perm") {
        None => (0..tensor.rank()).rev().collect(),
        Some(perm) => perm.iter().filter_map(|axis| usize::try_from(*axis).ok()).collect(),
    };
    transposed(tensor, &perm)
}

pub(super) fn shape(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    node.attributes.is_empty().then(|| inputs.first().map(|input| Tensor::vector(dims(input))))?
}

/// The same elements in another shape.
pub(in super::super) fn reshaped(tensor: &Tensor, shape: &[usize]) -> Option<Tensor> {
    (size_of(shape)? == tensor.len() && tensor.order() == Order::C)
        .then(|| Tensor::from_bytes(tensor.dtype(), shape, Order::C, &tensor.to_bytes().ok()?).ok())?
}

/// The axes in another order.
pub(in super::super) fn transposed(tensor: &Tensor, perm: &[usize]) -> Option<Tensor> {
    let mut sorted = perm.to_vec();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..tensor.rank()) {
        return None;
    }
    let steps = steps(tensor.shape());
    let shape: Vec<usize> = perm.iter().map(|axis| tensor.shape()[*axis]).collect();
    let steps: Vec<usize> = perm.iter().map(|axis| steps[*axis]).collect();
    picked(tensor, &shape, |place| place.iter().zip(&steps).map(|(index, step)| index * step).sum())
}

/// Number of elements of a shape.
fn size_of(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |count, size| count.checked_mul(*size))
}

/// Distances between elements along each axis.
pub(super) fn steps(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// A constant of that shape, whose element at a place is one of another constant. A place beyond its end gives nothing.
pub(super) fn picked(tensor: &Tensor, shape: &[usize], from: impl Fn(&[usize]) -> usize) -> Option<Tensor> {
    let size = tensor.dtype().size();
    let count = size_of(shape).filter(|count| *count <= tensor.len().max(MOST))?;
    let bytes = tensor.to_bytes().ok().filter(|_| tensor.order() == Order::C)?;
    let mut out = Vec::with_capacity(count * size);
    let mut place = vec![0; shape.len()];
    for _ in 0..count {
        let start = from(&place).checked_mul(size)?;
        out.extend_from_slice(bytes.get(start..start + size)?);
        advance(&mut place, shape);
    }
    Tensor::from_bytes(tensor.dtype(), shape, Order::C, &out).ok()
}

/// The next place of an array.
fn advance(place: &mut [usize], shape: &[usize]) {
    for (index, size) in place.iter_mut().zip(shape).rev() {
        *index += 1;
        if *index < *size {
            return;
        }
        *index = 0;
    }
}

/// Integers of a constant as places along an axis: negative ones count from the end.
pub(super) fn places(tensor: &Tensor, size: usize) -> Option<Vec<usize>> {
    let size_i = i64::try_from(size).ok()?;
    let place = |index: i64| {
        let index = if index < 0 { index.checked_add(size_i)? } else { index };
        usize::try_from(index).ok().filter(|index| *index < size)
    };
    integers(tensor)?.into_iter().map(place).collect()
}
