//! A chain of operations on every element.

use multiversion::multiversion;

use super::chain::Chain;
use super::lanes::Lane;
use super::linear::{load, store};
use super::ops::{Op, apply};
use crate::buffer::Buffer;
use crate::kernel::{FastKernel, Io};

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
    ops: Vec<Op<T>>,
    chunk: usize,
    len: usize,
}

impl<T: Lane> Elementwise<T> {
    fn new(chain: &Chain, channels: usize, len: usize) -> Self {
        let channels = channels.max(1);
        Self {
            ops: chain.ops.iter().map(Op::convert).collect(),
            chunk: (CHUNK / channels).max(1) * channels,
            len,
        }
    }

    #[inline(always)]
    fn compute(&self, input: &Buffer, output: &mut Buffer, values: &mut Vec<T>, samples: usize) {
        let total = self.len * samples;
        values.resize(self.chunk.max(values.len()), T::default());
        let mut first = 0;
        while first < total {
            let values = &mut values[..self.chunk.min(total - first)];
            load(input, first, values);
            apply(&self.ops, values);
            store(values, (1, 1), output, first);
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
            output: &mut Buffer,
            values: &mut Vec<$float>,
            samples: usize,
        ) {
            kernel.compute(input, output, values, samples);
        }

        impl FastKernel for Elementwise<$float> {
            fn run(&self, io: &mut Io<'_>, samples: usize) {
                let input = io.inputs.buffer(0);
                $name(self, input, &mut io.outputs[0], &mut io.scratch.$scratch[0], samples);
            }
        }
    )*};
}

kernel! {
    f32, compute_f32, f32s;
    f64, compute_f64, f64s;
}
