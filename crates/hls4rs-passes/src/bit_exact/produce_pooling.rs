//! Bits of maxima and means over windows.

use hls4rs_graph::{Node, PassError};
use ndarray::{ArrayD, Axis, IxDyn};

use super::analysis::{Analysis, Produced};
use super::view::{HELP, input_shapes, underivable};
use super::windows::{Windows, padded, strided};
use crate::interval::{minimal_fraction, zip_with};

/// Pooling layers: the most bits of any pixel of a window, and for means the bits that one over their number has.
///
/// **Source:** `_produce_kif` of `hls4ml.model.optimizer.passes.bit_exact` for pooling layers, hls4ml 1.3.0. The number of
/// pixels is that without padding, whatever `count_pad` says; where a window holds only padding it is 0, and 32 fractional
/// bits are added.
pub(super) fn pooling(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let pixels = window(node)?;
    let channels = node.state().size("n_filt")?;
    let is_global = is_global(node);
    let windows = Windows::new(pixels, channels);
    let patches = |plane: &ArrayD<i16>| match is_global {
        true => windows.of(plane),
        false => strided(node, windows.of(&padded(node, plane)?)?),
    };
    let input = analysis.first_input(node)?;
    let mut bits = input.map(|plane| over_pixels(&patches(plane)?, channels, i16::max))?;
    if node.state().str("pool_op")? == "Average" {
        let ones = ArrayD::from_elem(input.k.raw_dim(), 1i16);
        let counts = over_pixels(&patches(&ones)?, channels, |a, b| a.saturating_add(b))?;
        let added = counts.mapv(|count| minimal_fraction(1.0 / f64::from(count)));
        bits.f = zip_with("mean", &bits.f, &added, i16::wrapping_add).map_err(underivable)?;
    }
    let bits = if is_global { bits.map(first)? } else { bits };
    Ok(analysis.new_arrays(bits))
}

/// Whether the layer pools over the whole image.
pub(super) fn is_global(node: Node<'_>) -> bool {
    node.is_any(&["GlobalPooling1D", "GlobalPooling2D"])
}

/// Pixels of a window, by dimension.
pub(super) fn window(node: Node<'_>) -> Result<Vec<usize>, PassError> {
    let state = node.state();
    if node.is_a("Pooling1D") {
        return Ok(state.sizes(["pool_width"])?);
    }
    if node.is_a("Pooling2D") {
        return Ok(state.sizes(["pool_height", "pool_width"])?);
    }
    let dimensions = if node.is_a("GlobalPooling1D") { 1 } else { 2 };
    let shape = input_shapes(node)?.into_iter().next().unwrap_or_default();
    let pixels = shape.get(..dimensions).map(<[usize]>::to_vec);
    pixels.ok_or_else(|| {
        PassError::unsupported(format!("an image of {dimensions} dimensions"), shape.len(), HELP)
    })
}

/// Combines the pixels of patches `[…, pixels · channels]` to `[…, channels]`.
fn over_pixels(
    patches: &ArrayD<i16>,
    channels: usize,
    combine: fn(i16, i16) -> i16,
) -> Result<ArrayD<i16>, PassError> {
    let mismatch =
        || PassError::unsupported(format!("{channels} channels"), format!("{:?}", patches.shape()), HELP);
    let Some((&size, outer)) = patches.shape().split_last() else { return Err(mismatch()) };
    let pixels = size.checked_div(channels).filter(|pixels| *pixels > 0).ok_or_else(mismatch)?;
    let shape = [outer, &[pixels, channels]].concat();
    let patches = patches.to_shape(IxDyn(&shape)).map_err(|_| mismatch())?;
    let axis = Axis(outer.len());
    let start = patches.index_axis(axis, 0).to_owned();
    Ok(patches.axis_iter(axis).skip(1).fold(start, |mut so_far, pixel| {
        so_far.zip_mut_with(&pixel, |a, b| *a = combine(*a, *b));
        so_far
    }))
}

/// The first element along the first axis; with two dimensions of pixels, the second one stays.
fn first(plane: &ArrayD<i16>) -> Result<ArrayD<i16>, PassError> {
    match plane.shape().first() {
        Some(&size) if size > 0 => Ok(plane.index_axis(Axis(0), 0).to_owned()),
        _ => Err(PassError::unsupported("an image", format!("{:?}", plane.shape()), HELP)),
    }
}
