//! Parts of constants, and constants side by side.

use hls4rs_types::{Order, Tensor};

use super::integers;
use super::moves::{picked, places, steps};
use crate::clean::shapes::axis;
use crate::node::OnnxNode;

pub(super) fn gather(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let &[tensor, indices] = inputs else { return None };
    let axis =
        axis(node.int("axis").unwrap_or_default(), tensor.rank()).filter(|axis| *axis < tensor.rank())?;
    let chosen = places(indices, tensor.shape()[axis])?;
    let (before, behind) = (&tensor.shape()[..axis], &tensor.shape()[axis + 1..]);
    let shape = [before, indices.shape(), behind].concat();
    let (steps, index_steps) = (steps(tensor.shape()), steps(indices.shape()));
    let n_indices = indices.rank();
    picked(tensor, &shape, |place| {
        let (before, rest) = place.split_at(axis);
        let (index, behind) = rest.split_at(n_indices);
        let at: usize = index.iter().zip(&index_steps).map(|(index, step)| index * step).sum();
        let chosen = chosen.get(at).copied().unwrap_or_default() * steps[axis];
        let around = before.iter().zip(&steps).chain(behind.iter().zip(&steps[axis + 1..]));
        chosen + around.map(|(index, step)| index * step).sum::<usize>()
    })
}

pub(super) fn slice(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let tensor = inputs.first()?;
    let input = |index: usize, name: &str| match inputs.get(index) {
        Some(values) => integers(values),
        None => node.ints(name).map(<[i64]>::to_vec),
    };
    let (starts, ends) = (input(1, "starts")?, input(2, "ends")?);
    let axes = input(3, "axes").unwrap_or_else(|| (0..i64::try_from(starts.len()).unwrap_or(0)).collect());
    let strides = input(4, "steps").unwrap_or_else(|| vec![1; starts.len()]);
    let (mut shape, mut firsts) = (tensor.shape().to_vec(), vec![0usize; tensor.rank()]);
    let mut strided = vec![1usize; tensor.rank()];
    for (i, start) in starts.iter().enumerate() {
        let axis = axis(*axes.get(i)?, tensor.rank()).filter(|axis| *axis < tensor.rank())?;
        let stride = usize::try_from(*strides.get(i)?).ok().filter(|stride| *stride > 0)?;
        let size = i64::try_from(tensor.shape()[axis]).ok()?;
        let clamp = |value: i64| if value < 0 { value.saturating_add(size).max(0) } else { value.min(size) };
        let (start, end) = (clamp(*start), clamp(*ends.get(i)?));
        firsts[axis] = usize::try_from(start).ok()?;
        shape[axis] = usize::try_from((end - start).max(0)).ok()?.div_ceil(stride);
        strided[axis] = stride;
    }
    let steps = steps(tensor.shape());
    picked(tensor, &shape, |place| {
        (0..place.len()).map(|axis| (firsts[axis] + place[axis] * strided[axis]) * steps[axis]).sum()
    })
}

pub(super) fn concat(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let first = inputs.first()?;
    let axis = axis(node.int("axis")?, first.rank()).filter(|axis| *axis < first.rank())?;
    let (mut rows, mut shape) = (Vec::new(), first.shape().to_vec());
    shape[axis] = 0;
    for input in inputs {
        let same = |dim: usize| input.shape().get(dim) == first.shape().get(dim);
        let fits = input.rank() == first.rank() && (0..first.rank()).all(|dim| dim == axis || same(dim));
        if !fits || input.dtype() != first.dtype() || input.order() != Order::C {
            return None;
        }
        shape[axis] += input.shape()[axis];
        let row = input.shape()[axis..].iter().product::<usize>() * input.dtype().size();
        rows.push((input.to_bytes().ok()?, row));
    }
    let n_rows: usize = first.shape()[..axis].iter().product();
    let mut out = Vec::new();
    for index in 0..n_rows {
        for (bytes, row) in &rows {
            out.extend_from_slice(bytes.get(index * row..(index + 1) * row)?);
        }
    }
    Tensor::from_bytes(first.dtype(), &shape, Order::C, &out).ok()
}

pub(super) fn expand(_: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let &[tensor, shape] = inputs else { return None };
    let shape: Option<Vec<usize>> =
        integers(shape)?.into_iter().map(|size| usize::try_from(size).ok()).collect();
    stretched(tensor, &broadcast(tensor.shape(), &shape?)?)
}

/// The shape to which both shapes are stretched.
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at = |shape: &[usize], dim: usize| {
        if dim < rank - shape.len() { 1 } else { shape[dim + shape.len() - rank] }
    };
    let size = |dim: usize| match (at(a, dim), at(b, dim)) {
        (a, b) if a == b => Some(a),
        (1, size) | (size, 1) => Some(size),
        _ => None,
    };
    (0..rank).map(size).collect()
}

/// A constant stretched to a shape of as many or more dimensions.
pub(super) fn stretched(tensor: &Tensor, shape: &[usize]) -> Option<Tensor> {
    let missing = shape.len().checked_sub(tensor.rank())?;
    let steps = steps(tensor.shape());
    picked(tensor, shape, |place| {
        let own = place[missing..].iter().zip(tensor.shape()).zip(&steps);
        own.map(|((index, size), step)| if *size == 1 { 0 } else { index * step }).sum()
    })
}
