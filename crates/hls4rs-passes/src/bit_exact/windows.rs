//! Windows over images: padding, patches and strides.

use hls4rs_graph::{Node, PassError};
use ndarray::{ArrayD, Axis, IxDyn, Slice};

use super::view::HELP;

/// Patches of the size of a kernel, at every place where they fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Windows {
    /// Dimensions of a patch without its channels.
    pixels: Vec<usize>,
    /// Channels.
    channels: usize,
}

impl Windows {
    /// Patches for a kernel `[…, channels, filters]`.
    pub(super) fn of_kernel(shape: &[usize]) -> Result<Self, PassError> {
        match shape {
            [pixels @ .., channels, _] if matches!(pixels.len(), 1 | 2) => {
                Ok(Self { pixels: pixels.to_vec(), channels: *channels })
            }
            _ => Err(PassError::unsupported(
                "a kernel of three or four dimensions",
                format!("{shape:?}"),
                HELP,
            )),
        }
    }

    /// Patches of so many pixels.
    pub(super) fn new(pixels: Vec<usize>, channels: usize) -> Self {
        Self { pixels, channels }
    }

    /// The patches of an image `[…, channels]`, each in one dimension, the channels fastest.
    pub(super) fn of(&self, image: &ArrayD<i16>) -> Result<ArrayD<i16>, PassError> {
        let mismatch = || {
            let expected =
                format!("an image with windows of {:?} pixels and {} channels", self.pixels, self.channels);
            PassError::unsupported(expected, format!("{:?}", image.shape()), HELP)
        };
        let Some((&channels, size)) = image.shape().split_last() else { return Err(mismatch()) };
        if channels != self.channels || size.len() != self.pixels.len() {
            return Err(mismatch());
        }
        let places = size.iter().zip(&self.pixels).map(|(size, pixels)| (size + 1).checked_sub(*pixels));
        let mut shape: Vec<usize> = places.collect::<Option<_>>().ok_or_else(mismatch)?;
        let mut elements = Vec::new();
        for place in ndarray::indices(IxDyn(&shape)) {
            let mut patch = image.view();
            for (axis, pixels) in self.pixels.iter().enumerate() {
                patch.slice_axis_inplace(Axis(axis), Slice::from(place[axis]..place[axis] + pixels));
            }
            elements.extend(patch.iter());
        }
        shape.push(self.pixels.iter().product::<usize>() * channels);
        ArrayD::from_shape_vec(IxDyn(&shape), elements).map_err(|_| mismatch())
    }
}

/// The image with zeros around it, as the layer's attributes say.
///
/// **Source:** `pad_arrs` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0.
pub(super) fn padded(node: Node<'_>, image: &ArrayD<i16>) -> Result<ArrayD<i16>, PassError> {
    let sides: Vec<[usize; 2]> = match dimensions(node)? {
        2 => vec![sides(node, ["pad_top", "pad_bottom"])?, sides(node, ["pad_left", "pad_right"])?],
        _ => vec![sides(node, ["pad_left", "pad_right"])?],
    };
    if image.ndim() != sides.len() + 1 {
        let expected = format!("an image of {} dimensions", sides.len() + 1);
        return Err(PassError::unsupported(expected, image.ndim(), HELP));
    }
    let mut shape = image.shape().to_vec();
    for (size, [before, after]) in shape.iter_mut().zip(&sides) {
        *size = size.saturating_add(*before).saturating_add(*after);
    }
    let mut padded = ArrayD::zeros(IxDyn(&shape));
    let mut inside = padded.view_mut();
    for (axis, [before, _]) in sides.iter().enumerate() {
        let size = image.shape().get(axis).copied().unwrap_or_default();
        inside.slice_axis_inplace(Axis(axis), Slice::from(*before..before + size));
    }
    inside.assign(image);
    Ok(padded)
}

/// Every so many places of an array of patches, as the layer's attributes say.
///
/// **Source:** `stride_arrs` of the same module.
pub(super) fn strided(node: Node<'_>, patches: ArrayD<i16>) -> Result<ArrayD<i16>, PassError> {
    let strides = match dimensions(node)? {
        2 => node.state().sizes(["stride_height", "stride_width"])?,
        _ => node.state().sizes(["stride_width"])?,
    };
    let mut places = patches.view();
    for (axis, stride) in strides.into_iter().enumerate() {
        let step = isize::try_from(stride).ok().filter(|step| *step > 0);
        let step = step.ok_or_else(|| PassError::unsupported("strides of at least 1", stride, HELP))?;
        places.slice_axis_inplace(Axis(axis), Slice::new(0, None, step));
    }
    Ok(places.as_standard_layout().into_owned())
}

fn sides(node: Node<'_>, names: [&str; 2]) -> Result<[usize; 2], PassError> {
    /// No layer of hls4ml pads by more; the limit keeps hostile files from asking for all memory.
    const MOST: usize = 1 << 16;
    let mut sides = [0; 2];
    for (side, name) in sides.iter_mut().zip(names) {
        *side = node.state().size(name)?;
        if *side > MOST {
            return Err(PassError::unsupported(format!("at most {MOST} of padding"), *side, HELP));
        }
    }
    Ok(sides)
}

/// Dimensions of the layer's images, by the end of its kind.
fn dimensions(node: Node<'_>) -> Result<usize, PassError> {
    match node.layer.kind() {
        kind if kind.ends_with("2D") => Ok(2),
        kind if kind.ends_with("1D") => Ok(1),
        kind => Err(PassError::unsupported("a layer of one or two dimensions", kind, HELP)),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr3;

    use super::*;

    #[test]
    fn patches_have_rows_before_channels() {
        let image = arr3(&[[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]]).into_dyn();
        let patches = Windows::of_kernel(&[2, 1, 2, 7]).unwrap().of(&image).unwrap();
        assert_eq!(
            patches,
            arr3(&[[[1, 2, 5, 6], [3, 4, 7, 8]], [[5, 6, 9, 10], [7, 8, 11, 12]]]).into_dyn()
        );
        assert!(Windows::of_kernel(&[4, 1, 2, 1]).unwrap().of(&image).is_ok(), "no place at all");
        assert!(Windows::of_kernel(&[5, 1, 2, 1]).unwrap().of(&image).is_err());
        assert!(Windows::of_kernel(&[2, 1, 3, 1]).unwrap().of(&image).is_err());
        assert!(Windows::of_kernel(&[2, 2]).is_err());
    }
}
