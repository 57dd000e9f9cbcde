//! Sums of products over windows, followed by a chain of operations.

use std::sync::Arc;

use multiversion::multiversion;
use multiversion::target::target_cfg_f;

use super::chain::{Chain, Raws};
use super::interval::Interval;
use super::lanes::Lane;
use super::rows::load;
use super::stages::{Output, Stages};
use crate::buffer::Buffer;
use crate::form::{Linear, Windows};
use crate::kernel::{FastKernel, Io};
use crate::places::Places;

/// Outputs that are computed at a time, where there are as many.
const WIDE: usize = 32;
/// Outputs that are computed at a time, where there are few.
const NARROW: usize = 16;
/// Windows, or parts of one window, that are computed at a time.
const ROWS: usize = 4;

/// What is known of a layer's sums before lanes are chosen.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    windows: Windows,
    n_out: usize,
    /// `[taps, n_out]`.
    weight: Arc<[i128]>,
    bias: Vec<i128>,
    /// Largest magnitude of a sum of some of the products.
    magnitude: i128,
    /// What follows, beginning with the sums.
    pub(crate) chain: Chain,
}

impl Sums {
    /// The sums of a layer whose inputs are in the interval, if they are proven to be exact.
    ///
    /// Every product must fit into the accumulator without loss of fractional bits. An accumulator that wraps may wrap:
    /// the sum is the same modulo its range. One that saturates must never do so.
    pub(crate) fn new(linear: &Linear<'_>, input: Interval, input_fractional: i32) -> Option<Self> {
        let weight = Raws::of(&linear.weight)?;
        let accum = linear.accum;
        let bias: Vec<_> = linear.bias.iter().map(|bias| bias.cast(accum)).collect();
        let bias = Raws::of(&bias)?;
        let n_out = bias.raws.len();
        let product_fractional = input_fractional + weight.fractional;
        let up = accum.fractional() - product_fractional;
        if !(0..=60).contains(&up) || !weight.raws.len().is_multiple_of(n_out) {
            return None;
        }
        // the finest fraction that is needed
        let spare = bias.raws.iter().map(|raw| raw.trailing_zeros()).min()?.min(up.unsigned_abs());
        let down = spare.min(60);
        let fractional = accum.fractional() - down.cast_signed();
        let up = up.unsigned_abs() - down;
        let weight: Arc<[i128]> = weight.raws.iter().map(|raw| raw << up).collect();
        let bias: Vec<i128> = bias.raws.iter().map(|raw| raw >> down).collect();

        let has_padding = linear.windows.needs_zeros();
        let input = if has_padding { input.join(Interval::at(0)) } else { input };
        let mut all: Option<Interval> = None;
        let mut magnitude = 0i128;
        for (j, &bias) in bias.iter().enumerate() {
            let (mut sum, mut largest) = (Interval::at(bias), bias.abs());
            for &weight in weight.iter().skip(j).step_by(n_out) {
                let product = input.times(weight)?;
                sum = sum.plus(product)?;
                largest = largest.checked_add(product.magnitude())?;
            }
            magnitude = magnitude.max(largest);
            all = Some(all.map_or(sum, |all| all.join(sum)));
        }
        let lanes = padded(n_out);
        let mut chain = Chain::new(fractional, all?, lanes);
        let magnitude = magnitude.max(input.magnitude());
        chain.magnitude = chain.magnitude.max(magnitude);
        let largest = magnitude.checked_shl(down)?;
        let range = Interval::of(accum)?;
        let fits = range.holds(Interval { low: -largest, high: largest });
        let wraps = accum.is_int
            || accum.saturation == hls4rs_types::SaturationMode::Wrap && accum.saturation_bits == 0;
        if !fits {
            if !wraps {
                return None;
            }
            chain.cast(accum)?;
        }
        chain.cast(linear.result)?;
        Some(Self { windows: linear.windows, n_out, weight, bias, magnitude, chain })
    }

    /// Number of outputs per window.
    pub(crate) fn outputs(&self) -> usize {
        self.n_out
    }

    /// The same sums with another chain after them.
    pub(crate) fn with_chain(&self, chain: Chain) -> Self {
        Self { chain, ..self.clone() }
    }

    /// The fast form in the narrowest lanes in which everything is exact; what follows the sums may need wider ones.
    pub(crate) fn kernel(&self) -> Option<Box<dyn FastKernel>> {
        if self.chain.magnitude > f64::LIMIT {
            return None;
        }
        if self.magnitude > f32::LIMIT {
            return Some(Box::new(FastLinear::<f64>::new(self)));
        }
        Some(Box::new(FastLinear::<f32>::new(self)))
    }
}

/// Sums in lanes of one kind.
#[derive(Debug)]
struct FastLinear<T> {
    windows: Windows,
    padded: [usize; 2],
    segments: Vec<(usize, usize)>,
    n_out: usize,
    /// Chunk by chunk, `[taps, width of the chunk]`.
    weight: Vec<T>,
    /// `[n_out]`, padded.
    bias: Vec<T>,
    ops: Ops<T>,
}

/// What follows the sums, in their lanes or in wider ones.
#[derive(Debug)]
enum Ops<T> {
    Same(Stages<T>),
    Wide(Stages<f64>),
}

/// The lanes of inputs and sums, and of wider numbers.
type Lanes<'s, T> = (&'s mut [Vec<T>; 2], &'s mut Vec<f64>);

impl<T: Lane> FastLinear<T> {
    fn new(sums: &Sums) -> Self {
        let taps = sums.windows.taps();
        let lanes = padded(sums.n_out);
        let of = |raw: i128| T::of_f64(raw as f64);
        let mut weight = vec![T::default(); lanes * taps];
        let mut first = 0;
        while first < lanes {
            let width = chunk(lanes - first);
            let outputs = first..(first + width).min(sums.n_out);
            let rows = weight[first * taps..(first + width) * taps].chunks_exact_mut(width);
            for (row, raws) in rows.zip(sums.weight.chunks_exact(sums.n_out)) {
                for (place, &raw) in row.iter_mut().zip(&raws[outputs.clone()]) {
                    *place = of(raw);
                }
            }
            first += width;
        }
        let mut bias = vec![T::default(); lanes];
        for (place, &raw) in bias.iter_mut().zip(&sums.bias) {
            *place = of(raw);
        }
        Self {
            windows: sums.windows,
            padded: sums.windows.padded(),
            segments: sums.windows.segments(),
            n_out: sums.n_out,
            weight,
            bias,
            ops: if sums.chain.magnitude <= T::LIMIT {
                Ops::Same(Stages::new(&sums.chain))
            } else {
                Ops::Wide(Stages::new(&sums.chain))
            },
        }
    }

    /// Computes all samples.
    #[inline(always)]
    fn compute<const FUSED: bool>(
        &self,
        (input, mut output): (&Buffer, Output<'_, '_, '_>),
        (lanes, wide): Lanes<'_, T>,
        samples: usize,
    ) {
        let [image, sums] = lanes;
        let len = input.len();
        if self.windows == Windows::whole(len) {
            image.resize((samples * len).max(image.len()), T::default());
            load(input, 0, &mut image[..samples * len]);
            self.row::<FUSED>((&image[..samples * len], len), samples, sums);
            self.finish(&mut sums[..samples * self.bias.len()], wide, &mut output, 0);
            return;
        }
        let [out_height, out_width] = self.windows.output;
        let channels = self.windows.image[2];
        let row_len = self.padded[1] * channels;
        for sample in 0..samples {
            // of a stream whose last rows are not used, the image is the first part of a sample
            self.load_image(input, sample * len, image);
            for y in 0..out_height {
                let first = y * self.windows.stride[0] * row_len;
                self.row::<FUSED>((&image[first..], self.windows.stride[1] * channels), out_width, sums);
                let place = (sample * out_height + y) * out_width * self.n_out;
                self.finish(&mut sums[..out_width * self.bias.len()], wide, &mut output, place);
            }
        }
    }

    /// Copies a sample into the image with zeros around it.
    #[inline(always)]
    fn load_image(&self, input: &Buffer, first: usize, image: &mut Vec<T>) {
        let [height, width, channels] = self.windows.image;
        let [padded_height, padded_width] = self.padded;
        let total = padded_height * padded_width * channels;
        if !self.windows.needs_zeros() {
            image.resize(total.max(image.len()), T::default());
            load(input, first, &mut image[..total]);
            return;
        }
        image.clear();
        image.resize(total, T::default());
        let row = width * channels;
        for y in 0..height {
            let place = ((y + self.windows.padding[0]) * padded_width + self.windows.padding[1]) * channels;
            load(input, first + y * row, &mut image[place..place + row]);
        }
    }

    /// Computes the windows that begin every `step` elements.
    #[inline(always)]
    fn row<const FUSED: bool>(&self, (image, step): (&[T], usize), count: usize, sums: &mut Vec<T>) {
        let lanes = self.bias.len();
        sums.resize((count * lanes).max(sums.len()), T::default());
        let taps = self.windows.taps();
        let mut first = 0;
        while first + ROWS <= count {
            let images: [&[T]; ROWS] = std::array::from_fn(|row| &image[(first + row) * step..]);
            let sums = &mut sums[first * lanes..(first + ROWS) * lanes];
            self.blocks::<ROWS, FUSED>(images, taps, sums);
            first += ROWS;
        }
        while first < count {
            let sums = &mut sums[first * lanes..(first + 1) * lanes];
            self.blocks::<1, FUSED>([&image[first * step..]], taps, sums);
            first += 1;
        }
    }

    /// What follows the sums, and storing the results.
    #[inline(always)]
    fn finish(&self, sums: &mut [T], wide: &mut Vec<f64>, output: &mut Output<'_, '_, '_>, first: usize) {
        let sizes = (self.bias.len(), self.n_out);
        match &self.ops {
            Ops::Same(stages) => {
                stages.run((sums, sizes), output, first);
            }
            Ops::Wide(stages) => {
                wide.resize(sums.len().max(wide.len()), 0.0);
                let wide = &mut wide[..sums.len()];
                for (wide, &sum) in wide.iter_mut().zip(&*sums) {
                    *wide = sum.to_f64();
                }
                stages.run((wide, sizes), output, first);
            }
        }
    }

    /// All outputs of a few windows.
    #[inline(always)]
    fn blocks<const N: usize, const FUSED: bool>(&self, images: [&[T]; N], taps: usize, sums: &mut [T]) {
        let mut first = 0;
        while first < self.bias.len() {
            let weight = &self.weight[first * taps..];
            if chunk(self.bias.len() - first) == WIDE {
                self.tile::<N, WIDE, FUSED>(images, weight, first, sums);
                first += WIDE;
            } else {
                self.tile::<N, NARROW, FUSED>(images, weight, first, sums);
                first += NARROW;
            }
        }
    }

    /// `W` outputs of `N` windows.
    #[inline(always)]
    fn tile<const N: usize, const W: usize, const FUSED: bool>(
        &self,
        images: [&[T]; N],
        weight: &[T],
        first: usize,
        sums: &mut [T],
    ) {
        let mut acc = [[T::default(); W]; N];
        for row in &mut acc {
            row.copy_from_slice(&self.bias[first..first + W]);
        }
        let mut tap = 0;
        for &(offset, len) in &self.segments {
            let inputs: [&[T]; N] = images.map(|image| &image[offset..offset + len]);
            let weight = &weight[tap * W..(tap + len) * W];
            if N == 1 {
                accumulate_one::<T, W, FUSED>(inputs[0], weight, &mut acc[0]);
            } else {
                accumulate::<T, N, W, FUSED>(inputs, weight, &mut acc);
            }
            tap += len;
        }
        for (row, acc) in sums.chunks_exact_mut(self.bias.len()).zip(&acc) {
            row[first..first + W].copy_from_slice(acc);
        }
    }
}

/// Adds the products of several windows.
#[inline(always)]
fn accumulate<T: Lane, const N: usize, const W: usize, const FUSED: bool>(
    inputs: [&[T]; N],
    weight: &[T],
    acc: &mut [[T; W]; N],
) {
    let weight = weight.as_chunks::<W>().0;
    let inputs = inputs.map(|input| &input[..weight.len()]);
    let mut sums = *acc;
    for (tap, weight) in weight.iter().enumerate() {
        for n in 0..N {
            let value = inputs[n][tap];
            for lane in 0..W {
                sums[n][lane] = multiply_add::<T, FUSED>(value, weight[lane], sums[n][lane]);
            }
        }
    }
    *acc = sums;
}

/// Adds the products of one window, in two sums at a time: one would wait for itself.
#[inline(always)]
fn accumulate_one<T: Lane, const W: usize, const FUSED: bool>(input: &[T], weight: &[T], acc: &mut [T; W]) {
    let weight = weight.as_chunks::<W>().0;
    let len = input.len().min(weight.len());
    let (input, weight) = (&input[..len], &weight[..len]);
    let (mut even, mut odd) = (*acc, [T::default(); W]);
    let pairs = input.chunks_exact(2).zip(weight.chunks_exact(2));
    for (values, weights) in pairs {
        for lane in 0..W {
            even[lane] = multiply_add::<T, FUSED>(values[0], weights[0][lane], even[lane]);
        }
        for lane in 0..W {
            odd[lane] = multiply_add::<T, FUSED>(values[1], weights[1][lane], odd[lane]);
        }
    }
    if let (Some(value), Some(weight), true) = (input.last(), weight.last(), len % 2 == 1) {
        for lane in 0..W {
            even[lane] = multiply_add::<T, FUSED>(*value, weight[lane], even[lane]);
        }
    }
    for lane in 0..W {
        acc[lane] = even[lane] + odd[lane];
    }
}

#[inline(always)]
fn multiply_add<T: Lane, const FUSED: bool>(value: T, weight: T, sum: T) -> T {
    if FUSED { value.fused(weight, sum) } else { value * weight + sum }
}

/// Outputs that are computed at a time, of those that are left.
const fn chunk(left: usize) -> usize {
    if left > NARROW { WIDE } else { NARROW }
}

/// Outputs with padding, so that they are whole chunks.
fn padded(n_out: usize) -> usize {
    let rest = n_out % WIDE;
    n_out - rest + if rest == 0 { 0 } else { chunk(rest) }
}

macro_rules! kernel {
    ($($float:ident, $name:ident, $scratch:ident;)*) => {$(
        #[multiversion(targets(
            "x86_64+avx512f+avx512vl+avx512bw+avx512dq+avx2+fma",
            "x86_64+avx2+fma",
            "x86_64+sse4.1"
        ))]
        fn $name(
            kernel: &FastLinear<$float>,
            buffers: (&Buffer, Output<'_, '_, '_>),
            scratch: Lanes<'_, $float>,
            samples: usize,
        ) {
            if target_cfg_f!(any(target_feature = "fma", target_arch = "aarch64")) {
                kernel.compute::<true>(buffers, scratch, samples);
            } else {
                kernel.compute::<false>(buffers, scratch, samples);
            }
        }

        impl FastKernel for FastLinear<$float> {
            fn run(&self, io: &mut Io<'_>, places: &mut Places<'_, '_>, samples: usize) {
                let input = io.inputs.buffer(0);
                let output = Output { buffer: &mut io.outputs[0], places };
                let lanes = (&mut io.scratch.$scratch, &mut io.scratch.wide);
                $name(self, (input, output), lanes, samples);
            }
        }
    )*};
}

kernel! {
    f32, compute_f32, f32s;
    f64, compute_f64, f64s;
}
