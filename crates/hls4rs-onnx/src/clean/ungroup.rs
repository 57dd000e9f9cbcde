//! Convolutions of groups of channels.

use hls4rs_types::{DType, Order, Tensor};

use super::fold::{is_constant, replace};
use crate::graph::OnnxGraph;
use crate::node::{NodeAttribute, OnnxNode};

/// Bytes that a widened kernel may have.
const MOST: usize = 1 << 28;

/// Makes plain convolutions of those over groups of channels, with zeros for the channels of other groups.
///
/// Before: 4 channels in 2 groups, a kernel `[6, 2, …]`; after: one group, a kernel `[6, 4, …]` of which half is zeros. The sums are
/// the same, exactly. A group per channel stays where hls4ml has a layer for it: as many filters as channels.
///
/// **Source:** hls4ml 1.3.0 refuses groups of more than one channel.
pub(super) fn ungroup(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        if graph.nodes[place].op_type == "Conv" && !graph.nodes[place].is_channels_last() {
            widen(graph, place);
        }
    }
}

fn widen(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = &graph.nodes[place];
    let group = usize::try_from(node.int("group")?).ok().filter(|group| *group > 1)?;
    let channels = usize::try_from(*graph.shape(node.input(0))?.get(1)?).ok()?;
    let kernel = kernel(graph, node)?;
    let value = graph.constant(&kernel)?;
    let filters = *value.shape().first()?;
    if (group == channels && filters == channels) || filters % group != 0 || channels % group != 0 {
        return None;
    }
    let wide = widened(value, group, channels)?;
    replace(graph, &kernel, wide);
    graph.nodes[place].attributes.insert("group".to_owned(), NodeAttribute::Int(1));
    super::shapes::infer_shapes(graph);
    Some(())
}

/// The constant of a kernel, or that of its quantizer, which keeps zeros.
fn kernel(graph: &OnnxGraph, node: &OnnxNode) -> Option<String> {
    let kernel = node.input(1);
    if graph.initializers.contains_key(kernel) {
        return Some(kernel.clone());
    }
    let place = graph.producer_index(kernel)?;
    let quant =
        graph.nodes.get(place).filter(|quant| quant.op_type == "Quant" && is_constant(graph, quant))?;
    let zero = graph.constant(quant.input(2))?;
    let has_zero = zero.iter_f64().ok()?.all(|zero| zero == 0.0);
    let is_per_filter = quant.inputs.iter().skip(1).all(|input| {
        graph.shape(input).is_some_and(|shape| shape.len() < 2 || shape.iter().skip(1).all(|size| *size == 1))
    });
    (has_zero && is_per_filter && !graph.is_fork(place)).then(|| quant.input(0).clone())
}

/// The kernel with all channels.
fn widened(kernel: &Tensor, group: usize, channels: usize) -> Option<Tensor> {
    let &[filters, per_group, ref window @ ..] = kernel.shape() else { return None };
    if per_group * group != channels || kernel.dtype() != DType::F32 || kernel.order() != Order::C {
        return None;
    }
    let size = window.iter().product::<usize>() * kernel.dtype().size();
    let bytes = kernel.to_bytes().ok()?;
    let per_filter = per_group * size;
    let n_bytes = filters.checked_mul(channels)?.checked_mul(size).filter(|n_bytes| *n_bytes <= MOST)?;
    let mut wide = vec![0; n_bytes];
    for filter in 0..filters {
        let start = (filter * channels + filter / (filters / group) * per_group) * size;
        let from = bytes.get(filter * per_filter..(filter + 1) * per_filter)?;
        wide.get_mut(start..start + per_filter)?.copy_from_slice(from);
    }
    let shape = [&[filters, channels], window].concat();
    Tensor::from_bytes(kernel.dtype(), &shape, Order::C, &wide).ok()
}
