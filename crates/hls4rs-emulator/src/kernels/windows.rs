//! Windows of pixels: what one pixel of the output of a convolution or a pooling is made from.

use crate::context::Context;
use crate::error::KernelError;
use crate::form;

/// Most pixels along an axis, and in all windows.
const MAX_PIXELS: usize = 1 << 28;

/// The height or the width of an image, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis {
    /// Pixels of the input.
    pub(crate) input: usize,
    /// Pixels of the output.
    pub(crate) output: usize,
    /// Pixels of a window.
    pub(crate) kernel: usize,
    /// Pixels from one window to the next.
    pub(crate) stride: usize,
    /// Pixels of padding before the input.
    pub(crate) before: usize,
    /// Pixels of padding after the input.
    pub(crate) after: usize,
}

impl Axis {
    /// The axis that images of one dimension do not have.
    pub(crate) const NONE: Self = Self { input: 1, output: 1, kernel: 1, stride: 1, before: 0, after: 0 };

    /// The height of a layer, with windows called `filt` or `pool`.
    pub(crate) fn rows(context: &Context<'_>, window: &str) -> Result<Self, KernelError> {
        Self {
            input: context.size("in_height")?,
            output: context.size("out_height")?,
            kernel: context.size(&format!("{window}_height"))?,
            stride: context.size("stride_height")?,
            before: context.size("pad_top")?,
            after: context.size("pad_bottom")?,
        }
        .checked()
    }

    /// The width of a layer, with windows called `filt` or `pool`.
    pub(crate) fn columns(context: &Context<'_>, window: &str) -> Result<Self, KernelError> {
        let is_pooling_1d = context.layer.kind() == "Pooling1D";
        let [input, output] = if is_pooling_1d { ["n_in", "n_out"] } else { ["in_width", "out_width"] };
        Self {
            input: context.size(input)?,
            output: context.size(output)?,
            kernel: context.size(&format!("{window}_width"))?,
            stride: context.size("stride_width")?,
            before: context.size("pad_left")?,
            after: context.size("pad_right")?,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, KernelError> {
        let largest =
            [self.input, self.output, self.kernel, self.stride, self.before, self.after].into_iter().max();
        if largest.is_some_and(|largest| largest > MAX_PIXELS) {
            return Err(KernelError::unsupported(format!(
                "expected at most {MAX_PIXELS} pixels along an axis, found {self:?}"
            )));
        }
        if self.kernel == 0 || self.stride == 0 {
            return Err(KernelError::unsupported(format!(
                "expected windows and strides of at least one pixel, found {} and {}",
                self.kernel, self.stride
            )));
        }
        Ok(self)
    }

    /// An error unless the windows along two axes are few enough to be listed.
    pub(crate) fn check_both(rows: Self, columns: Self) -> Result<(), KernelError> {
        let pixels = rows.output.saturating_mul(columns.output);
        let all = pixels.saturating_mul(rows.kernel).saturating_mul(columns.kernel);
        if all <= MAX_PIXELS {
            return Ok(());
        }
        Err(KernelError::unsupported(format!(
            "expected at most {MAX_PIXELS} pixels in all windows, found {all}"
        )))
    }

    /// Whether there is padding.
    pub(crate) fn is_padded(self) -> bool {
        self.before + self.after > 0
    }

    /// Number of windows that fit in the padded input.
    pub(crate) fn fitting(self) -> usize {
        let padded = self.input + self.before + self.after;
        padded.checked_sub(self.kernel).map_or(0, |rest| rest / self.stride + 1)
    }

    /// The pixel of the input that a pixel of a window is.
    fn pixel(self, window: usize, offset: usize) -> Option<usize> {
        let pixel = (window * self.stride + offset).checked_sub(self.before)?;
        (pixel < self.input).then_some(pixel)
    }
}

/// The pixels of all windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Windows {
    /// Pixels of one window.
    size: usize,
    /// The axes, if the windows are at regular distances.
    axes: Option<(Axis, Axis)>,
    /// Numbers of pixels of the input, window by window, [`OUTSIDE`] for padding.
    pixels: Vec<u32>,
}

/// A pixel that is not in the input.
const OUTSIDE: u32 = u32::MAX;

impl Windows {
    /// Windows at regular distances, row by row.
    pub(crate) fn regular(rows: Axis, columns: Axis) -> Self {
        let mut pixels = Vec::with_capacity(rows.output * columns.output * rows.kernel * columns.kernel);
        for (row, column) in pairs(rows.output, columns.output) {
            for (down, right) in pairs(rows.kernel, columns.kernel) {
                let pixel = rows.pixel(row, down).zip(columns.pixel(column, right));
                pixels.push(pixel.map_or(OUTSIDE, |(row, column)| number(row * columns.input + column)));
            }
        }
        Self { size: rows.kernel * columns.kernel, axes: Some((rows, columns)), pixels }
    }

    /// One window with all pixels.
    pub(crate) fn whole(pixels: usize) -> Self {
        Self { size: pixels.max(1), axes: None, pixels: (0..pixels).map(number).collect() }
    }

    /// Windows of `size` pixels, one after the other.
    pub(crate) fn listed(size: usize, pixels: impl IntoIterator<Item = usize>) -> Self {
        Self { size, axes: None, pixels: pixels.into_iter().map(number).collect() }
    }

    /// The windows in the words of fast forms, if they are at regular distances.
    pub(crate) fn form(&self, channels: usize) -> Option<form::Windows> {
        let (rows, columns) = self.axes?;
        Some(form::Windows {
            image: [rows.input, columns.input, channels],
            kernel: [rows.kernel, columns.kernel],
            stride: [rows.stride, columns.stride],
            dilation: [1, 1],
            padding: [rows.before, columns.before],
            output: [rows.output, columns.output],
        })
    }

    /// The other windows, of which more is known, if they have the same pixels.
    pub(crate) fn or_equal(self, other: Self) -> Self {
        if self.size == other.size && self.pixels == other.pixels { other } else { self }
    }

    /// Pixels of one window.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Whether windows reach beyond the input.
    pub(crate) fn has_padding(&self) -> bool {
        self.pixels.contains(&OUTSIDE)
    }

    /// Number of windows.
    pub(crate) fn len(&self) -> usize {
        self.pixels.len() / self.size
    }

    /// The pixels of a window; none where it is outside of the input.
    pub(crate) fn of(&self, window: usize) -> impl Iterator<Item = Option<usize>> + '_ {
        let pixels = &self.pixels[window * self.size..(window + 1) * self.size];
        pixels.iter().map(|&pixel| (pixel != OUTSIDE).then_some(pixel as usize))
    }

    /// Number of pixels of a window that are in the input.
    pub(crate) fn overlap(&self, window: usize) -> usize {
        self.of(window).flatten().count()
    }
}

fn number(pixel: usize) -> u32 {
    u32::try_from(pixel).unwrap_or(OUTSIDE)
}

/// All pairs of numbers below these.
fn pairs(first: usize, second: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..first).flat_map(move |i| (0..second).map(move |j| (i, j)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_outside() {
        let columns = Axis { input: 3, output: 2, kernel: 3, stride: 2, before: 1, after: 1 };
        assert_eq!(columns.fitting(), 2);
        let windows = Windows::regular(Axis::NONE, columns);
        assert_eq!(windows.of(0).collect::<Vec<_>>(), [None, Some(0), Some(1)]);
        assert_eq!((windows.overlap(1), windows.len()), (2, 2));
    }
}
