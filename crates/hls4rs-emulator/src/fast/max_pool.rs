//! Maximum pooling.

use hls4rs_fixed::Format;
use multiversion::multiversion;

use crate::buffer::Elements;
use crate::form::{MaxPool, Windows};
use crate::kernel::{FastKernel, Io};
use crate::places::Places;

/// The fast form, if result and accumulator have the input's format.
pub(crate) fn kernel(pool: &MaxPool, input: Format) -> Option<Box<dyn FastKernel>> {
    let is_same = pool.result == input && pool.accum.is_none_or(|accum| accum == input);
    (is_same && input.width <= 64).then(|| Box::new(Pool { windows: pool.windows }) as Box<dyn FastKernel>)
}

#[derive(Debug)]
struct Pool {
    windows: Windows,
}

impl FastKernel for Pool {
    fn run(&self, io: &mut Io<'_>, _: &mut Places<'_, '_>, samples: usize) {
        let input = io.inputs.buffer(0);
        let sizes = (samples, input.len());
        match (&input.elements, &mut io.outputs[0].elements) {
            (Elements::I32(input), Elements::I32(output)) => run_i32(&self.windows, input, output, sizes),
            (Elements::I64(input), Elements::I64(output)) => run_i64(&self.windows, input, output, sizes),
            // input and output have the same format of at most 64 bits
            _ => {}
        }
    }
}

macro_rules! run {
    ($($name:ident, $int:ty;)*) => {$(
        #[multiversion(targets(
            "x86_64+avx512f+avx512vl+avx512bw+avx512dq+avx2",
            "x86_64+avx2",
            "x86_64+sse4.1"
        ))]
        fn $name(windows: &Windows, input: &[$int], output: &mut [$int], (samples, len): (usize, usize)) {
            let [_, width, channels] = windows.image;
            let [out_height, out_width] = windows.output;
            let mut places = output.chunks_exact_mut(channels.max(1));
            for sample in 0..samples {
                let image = &input[sample * len..];
                for y in 0..out_height {
                    for x in 0..out_width {
                        let Some(place) = places.next() else { return };
                        for tap in 0..windows.kernel[0] * windows.kernel[1] {
                            let (down, right) = (tap / windows.kernel[1], tap % windows.kernel[1]);
                            let row = y * windows.stride[0] + down * windows.dilation[0];
                            let column = x * windows.stride[1] + right * windows.dilation[1];
                            let first = (row * width + column) * channels;
                            let values = &image[first..first + channels];
                            if tap == 0 {
                                place.copy_from_slice(values);
                                continue;
                            }
                            for (largest, &value) in place.iter_mut().zip(values) {
                                *largest = if value > *largest { value } else { *largest };
                            }
                        }
                    }
                }
            }
        }
    )*};
}

run! {
    run_i32, i32;
    run_i64, i64;
}
