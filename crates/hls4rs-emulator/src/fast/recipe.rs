//! Raw integers of recurrent layers from their kernels.

use hls4rs_fixed::Format;

use super::products::Weights;
use crate::form::{Form, Linear, Windows};
use crate::kernels::accumulate::MultiplyAccumulate;

/// Most bits of a weight.
const MAX_BITS: u32 = 40;

/// A matrix product in the making, whose outputs are moved part by part.
pub(crate) struct Parts {
    pub(crate) weights: Weights,
    /// Added to what sums begin with.
    bias: Vec<(usize, i64)>,
}

impl Parts {
    /// Places parts of `n` outputs: each pair is the first output and its place.
    pub(crate) fn new(
        sums: &MultiplyAccumulate,
        (data, accum): (Format, Format),
        (n_in, n_out): (usize, usize),
        (n, parts): (usize, &[(usize, usize)]),
    ) -> Option<Self> {
        let Form::Linear(linear) = sums.form(Windows::whole(n_in)) else { return None };
        if linear.accum != accum || linear.result != accum {
            return None;
        }
        let Linear { weight, bias, .. } = linear;
        let format = weight.first()?.format();
        let columns = bias.len();
        if format.width > MAX_BITS || columns < n * parts.len() {
            return None;
        }
        let lost = data.fractional() + format.fractional() - accum.fractional();
        let mut raws = vec![0; n_in * n_out];
        let mut moved = Vec::with_capacity(n * parts.len());
        for &(from, to) in parts {
            for k in 0..n {
                for input in 0..n_in {
                    raws[input * n_out + to + k] = weight[input * columns + from + k].raw_i64();
                }
                moved.push((to + k, bias[from + k].cast(accum).raw_i64()));
            }
        }
        let is_known = (-MAX_LOST..=MAX_LOST).contains(&lost);
        is_known.then_some(Self { weights: Weights { n_in, n_out, raws, lost }, bias: moved })
    }

    /// Adds the bias to what sums begin with.
    pub(crate) fn add_bias(&self, sums: &mut [i64]) {
        for &(place, raw) in &self.bias {
            sums[place] += raw;
        }
    }
}

/// Most fractional bits that products have more or less than the accumulator.
const MAX_LOST: i32 = 32;
