//! A chain of operations on every element.

use multiversion::multiversion;

use super::chain::Chain;
use super::lanes::Lane;
use super::rows::load;
use super::stages::{Output, Stages};
use crate::buffer::Buffer;
use crate::kernel::{FastKernel, Io};
use crate::places::Places;

/// Elements that are worked on at a time; a multiple of the channels.
const CHUNK: usize = 2048;

/// The fast form of a chain over tensors with `channels` channels of `len` elements, if all of it is exact.
pub(crate) fn kernel(chain: &Chain, channels: usize, len: usize) -> Option<Box<dyn FastKernel>> {
    if chain.magnitude <= f32::LIMIT {
        Some(Box::new(Elementwise::<f32>::new(chain, channels, len)))
    } else if chain.magnitude <= f64::LIMIT {
        Some(Box::new(Elementwise::<f64>::new(chain, channels, len)))
    } else {
        None
    }
}

#[derive(Debug)]
struct Elementwise<T> {
    stages: Stages<T>,
    chunk: usize,
    len: usize,
}

impl<T: Lane> Elementwise<T> {
    fn new(chain: &Chain, channels: usize, len: usize) -> Self {
        let channels = channels.max(1);
        Self { stages: Stages::new(chain), chunk: (CHUNK / channels).max(1) * channels, len }
    }

    #[inline(always)]
    fn compute(&self, input: &Buffer, mut output: Output<'_, '_, '_>, values: &mut Vec<T>, samples: usize) {
        let total = self.len * samples;
        values.resize(self.chunk.max(values.len()), T::default());
        let mut first = 0;
        while first < total {
            let values = &mut values[..self.chunk.min(total - first)];
            load(input, first, values);
            self.stages.run((values, (1, 1)), &mut output, first);
            first += values.len();
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
            kernel: &Elementwise<$float>,
            input: &Buffer,
            output: Output<'_, '_, '_>,
            values: &mut Vec<$float>,
            samples: usize,
        ) {
            kernel.compute(input, output, values, samples);
        }

        impl FastKernel for Elementwise<$float> {
            fn run(&self, io: &mut Io<'_>, places: &mut Places<'_, '_>, samples: usize) {
                let input = io.inputs.buffer(0);
                let output = Output { buffer: &mut io.outputs[0], places };
                $name(self, input, output, &mut io.scratch.$scratch[0], samples);
            }
        }
    )*};
}

kernel! {
    f32, compute_f32, f32s;
    f64, compute_f64, f64s;
}
