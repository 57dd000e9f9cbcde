//! What kernels compute, in the few words that fast forms are made from.

use hls4rs_fixed::{Fixed, Format};

use crate::kernels::functions::Function;

/// The computation of a kernel, if it is one that fast forms exist for.
#[derive(Debug)]
pub(crate) enum Form<'k> {
    /// Sums of products over windows.
    Linear(Linear<'k>),
    /// A factor and a summand per channel, which is the last dimension.
    Channels(Channels<'k>),
    /// The same function of every element.
    Map(Map<'k>),
    /// Elements that are moved, and zeros.
    Gather(Gather),
    /// The largest element of each window and channel.
    MaxPool(MaxPool),
    /// Two tensors of the same shape, added or subtracted.
    Sum(Sum),
    /// Something else.
    Other,
}

/// Where the elements of each output come from.
#[derive(Debug)]
pub(crate) struct Gather {
    /// Per output, per element: input and index, or nothing for zero.
    pub(crate) sources: Vec<Vec<Option<(usize, usize)>>>,
    /// The formats of the outputs.
    pub(crate) results: Vec<Format>,
}

/// The largest element of each window and channel; windows do not reach beyond the image.
#[derive(Debug)]
pub(crate) struct MaxPool {
    pub(crate) windows: Windows,
    /// The elements, or the largest one, are assigned to it.
    pub(crate) accum: Option<Format>,
    pub(crate) result: Format,
}

/// `y = a + b` or `y = a − b`, exact, then assigned to the result.
#[derive(Debug)]
pub(crate) struct Sum {
    pub(crate) is_difference: bool,
    pub(crate) result: Format,
}

/// Sums of products: matrix products and convolutions.
#[derive(Debug)]
pub(crate) struct Linear<'k> {
    pub(crate) windows: Windows,
    /// `[taps of a window, n_out]`.
    pub(crate) weight: Vec<Fixed>,
    /// `[n_out]`.
    pub(crate) bias: &'k [Fixed],
    /// Every product and every sum is assigned to it.
    pub(crate) accum: Format,
    pub(crate) result: Format,
}

/// The windows of an image `[height, width, channels]` that the outputs are made from, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Windows {
    pub(crate) image: [usize; 3],
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) dilation: [usize; 2],
    /// Zeros above and left of the image; those below and right follow from the output.
    pub(crate) padding: [usize; 2],
    pub(crate) output: [usize; 2],
}

impl Windows {
    /// One window that is the whole vector.
    pub(crate) fn whole(n_in: usize) -> Self {
        Self {
            image: [1, 1, n_in],
            kernel: [1, 1],
            stride: [1, 1],
            dilation: [1, 1],
            padding: [0, 0],
            output: [1, 1],
        }
    }

    /// Elements of a window.
    pub(crate) fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.image[2]
    }
}

/// `y = x · scale[c] + bias[c]`, products and sums exact, then assigned to the result.
#[derive(Debug)]
pub(crate) struct Channels<'k> {
    pub(crate) scale: Vec<Fixed>,
    pub(crate) bias: &'k [Fixed],
    pub(crate) result: Format,
}

/// A function of single elements.
#[derive(Debug)]
pub(crate) enum Map<'k> {
    /// The assignment alone.
    Cast(Format),
    /// The larger of the value and zero, assigned.
    Relu(Format),
    /// A function that is cheap to tabulate for few bits only.
    Function(&'k dyn Function),
}
