//! Sums and differences of two tensors.

use hls4rs_fixed::Format;
use multiversion::multiversion;

use super::chain::Chain;
use super::interval::Interval;
use super::lanes::Lane;
use super::rows::load;
use super::stages::{Output, Stages};
use crate::buffer::Buffer;
use crate::form;
use crate::kernel::{FastKernel, Io};
use crate::places::Places;

/// Elements that are worked on at a time.
const CHUNK: usize = 2048;

/// A sum before lanes are chosen.
#[derive(Debug, Clone)]
pub(crate) struct Sum {
    pub(super) factors: [f64; 2],
    /// What follows, beginning with the sum.
    pub(crate) chain: Chain,
}

impl Sum {
    /// The sum of tensors with these formats and intervals, assigned to the result, if all of it is exact.
    pub(crate) fn new(sum: &form::Sum, inputs: [(Format, Interval); 2]) -> Option<Self> {
        let fractional = inputs.map(|(format, _)| format.fractional()).into_iter().max()?;
        let up = inputs.map(|(format, _)| (fractional - format.fractional()).unsigned_abs());
        if up.into_iter().any(|up| up > 60) {
            return None;
        }
        let sign = if sum.is_difference { -1 } else { 1 };
        let factors = [1i128 << up[0], sign << up[1]];
        let left = inputs[0].1.times(factors[0])?;
        let right = inputs[1].1.times(factors[1])?;
        let mut chain = Chain::new(fractional, left.plus(right)?, 1);
        chain.magnitude = chain.magnitude.max(left.magnitude()).max(right.magnitude());
        chain.cast(sum.result)?;
        Some(Self { factors: factors.map(|factor| factor as f64), chain })
    }

    /// The fast form in the narrowest lanes in which everything is exact.
    pub(crate) fn kernel(&self, len: usize) -> Option<Box<dyn FastKernel>> {
        if self.chain.magnitude <= f32::LIMIT {
            Some(Box::new(FastSum::<f32>::new(self, len)))
        } else if self.chain.magnitude <= f64::LIMIT {
            Some(Box::new(FastSum::<f64>::new(self, len)))
        } else {
            None
        }
    }
}

#[derive(Debug)]
struct FastSum<T> {
    factors: [T; 2],
    stages: Stages<T>,
    len: usize,
}

impl<T: Lane> FastSum<T> {
    fn new(sum: &Sum, len: usize) -> Self {
        Self { factors: sum.factors.map(T::of_f64), stages: Stages::new(&sum.chain), len }
    }

    #[inline(always)]
    fn compute(
        &self,
        inputs: [&Buffer; 2],
        mut output: Output<'_, '_, '_>,
        lanes: &mut [Vec<T>; 2],
        samples: usize,
    ) {
        let total = self.len * samples;
        lanes.iter_mut().for_each(|lanes| lanes.resize(CHUNK.max(lanes.len()), T::default()));
        let [left, right] = lanes;
        let mut first = 0;
        while first < total {
            let count = CHUNK.min(total - first);
            let (left, right) = (&mut left[..count], &mut right[..count]);
            load(inputs[0], first, left);
            load(inputs[1], first, right);
            for (left, &right) in left.iter_mut().zip(&*right) {
                *left = *left * self.factors[0] + right * self.factors[1];
            }
            self.stages.run((left, (1, 1)), &mut output, first);
            first += count;
        }
    }
}

macro_rules! kernel {
    ($($float:ident, $name:ident, $scratch:ident;)*) => {$(
        #[multiversion(targets(
            "x86_64+avx512f+avx512vl+avx512bw+avx512dq+avx2+fma",
            "x86_64+avx2+fma",
            "x86_64+sse4.1"
        ))]
        fn $name(
            kernel: &FastSum<$float>,
            inputs: [&Buffer; 2],
            output: Output<'_, '_, '_>,
            lanes: &mut [Vec<$float>; 2],
            samples: usize,
        ) {
            kernel.compute(inputs, output, lanes, samples);
        }

        impl FastKernel for FastSum<$float> {
            fn run(&self, io: &mut Io<'_>, places: &mut Places<'_, '_>, samples: usize) {
                let inputs = [io.inputs.buffer(0), io.inputs.buffer(1)];
                let output = Output { buffer: &mut io.outputs[0], places };
                $name(self, inputs, output, &mut io.scratch.$scratch, samples);
            }
        }
    )*};
}

kernel! {
    f32, compute_f32, f32s;
    f64, compute_f64, f64s;
}
