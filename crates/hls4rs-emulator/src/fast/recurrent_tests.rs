//! Recurrent layers of random formats, sizes and numbers: fast forms and definitions give equal results.

use hls4rs_fixed::{Fixed, Format};

use crate::buffer::Buffer;
use crate::kernel::{Inputs, Io, Kernel};
use crate::kernels::accumulate::MultiplyAccumulate;
use crate::kernels::functions::{Function, centered};
use crate::kernels::gru::Gru;
use crate::kernels::lstm::Lstm;
use crate::kernels::recurrent::{Cell, Sizes, forward};
use crate::log::{Log, Slot};
use crate::places::Places;
use crate::scratch::Scratch;

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number of the range, both ends included.
    fn within(&mut self, low: i32, high: i32) -> i32 {
        low + (self.next() % (high - low + 1).unsigned_abs() as u64) as i32
    }

    fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    /// A format of that many bits.
    fn format(&mut self, low: i32, high: i32) -> Format {
        let width = self.within(low, high);
        let fractional = self.within(0, width);
        Format::fixed(width.unsigned_abs(), width - fractional)
    }

    /// Numbers of a format; some have few bits.
    fn numbers(&mut self, format: Format, count: usize) -> Vec<Fixed> {
        let spare = self.within(0, format.width.cast_signed() - 1);
        let spare = if self.coin() { spare } else { 0 };
        let number = |raw: u64| {
            let raw = raw.cast_signed() >> (64 - format.width);
            let raw = if format.signed { raw } else { raw & ((1 << format.width) - 1) };
            Fixed::from_raw(raw >> spare, format)
        };
        (0..count).map(|_| number(self.next())).collect()
    }

    fn sums(&mut self, n_in: usize, n_out: usize, accum: Slot) -> MultiplyAccumulate {
        let (weight, bias) = (self.format(2, 18), self.format(2, 18));
        let weight = self.numbers(weight, n_in * n_out);
        MultiplyAccumulate::ordinary(&weight, self.numbers(bias, n_out), accum)
    }

    fn function(&mut self, input: Format, result: Slot) -> Box<dyn Function> {
        if input.width <= 12 && self.coin() {
            return Box::new(Square { result });
        }
        let size = [16, 100, 1000, 1024, 4096][self.within(0, 4) as usize];
        let range = if self.coin() { 4 } else { 8 };
        centered(range, size, self.format(4, 18), result)
    }
}

/// A function without a table.
#[derive(Debug)]
struct Square {
    result: Slot,
}

impl Function for Square {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        self.result.assign(x * x, log)
    }
}

fn cell(random: &mut Random, [n_in, n_state]: [usize; 2], [accum, result]: [Format; 2]) -> Box<dyn Cell> {
    let (accum, result) = (Slot { format: accum, id: 0 }, Slot { format: result, id: 0 });
    let is_lstm = random.coin();
    let n_sums = if is_lstm { 4 } else { 3 } * n_state;
    let (of_input, of_state) = (random.sums(n_in, n_sums, accum), random.sums(n_state, n_sums, accum));
    let [gate, candidate] = [0; 2].map(|_| random.function(accum.format, accum));
    if is_lstm {
        let output = random.function(result.format, accum);
        return Box::new(Lstm { n_state, of_input, of_state, gate, candidate, output, accum, result });
    }
    let is_pytorch = random.coin();
    Box::new(Gru { n_state, is_pytorch, of_input, of_state, gate, candidate, accum, result })
}

/// Whether there is a fast form, whose results are equal then.
fn compare(kernel: &dyn Kernel, mut input: Buffer, result: (Format, usize), samples: usize) -> bool {
    let Some(fast) = kernel.fast(&[input.format]) else { return false };
    let (mut scratch, mut log) = (Scratch::default(), Log::default());
    let mut expected = [Buffer::new(result.0, result.1, samples)];
    for sample in 0..samples {
        input.select(sample);
        expected[0].select(sample);
        let inputs = Inputs { buffers: std::slice::from_ref(&input), indices: &[0] };
        kernel.run(
            &mut Io { inputs, outputs: &mut expected, scratch: &mut scratch, time_step: 0, state: &mut [] },
            &mut log,
        );
    }
    let mut found = [Buffer::new(result.0, result.1, samples)];
    for _ in 0..2 {
        let inputs = Inputs { buffers: std::slice::from_ref(&input), indices: &[0] };
        fast.run(
            &mut Io { inputs, outputs: &mut found, scratch: &mut scratch, time_step: 0, state: &mut [] },
            &mut Places::none(),
            samples,
        );
        for sample in 0..samples {
            expected[0].select(sample);
            found[0].select(sample);
            let (expected, found) = (expected[0].view(), found[0].view());
            assert!(expected.iter().eq(found.iter()), "sample {sample}: {kernel:?}\n{fast:?}");
        }
    }
    true
}

#[test]
fn equal_to_the_definition() {
    let mut random = Random(1);
    let (mut cases, mut fast) = (600, 0);
    while cases > 0 {
        cases -= 1;
        let widest = if random.coin() { 16 } else { 31 };
        let accum = random.format(4, widest);
        let result = if random.coin() { accum } else { random.format(4, widest) };
        let data = random.format(2, widest);
        let data = if random.coin() { data } else { Format { signed: false, ..data } };
        let [n_in, n_state] = [9, 40].map(|most| random.within(1, most) as usize);
        let sizes = Sizes { n_steps: random.within(1, 4) as usize, n_in, has_sequence: random.coin() };
        let cell = cell(&mut random, [n_in, n_state], [accum, result]);
        let kernel = forward(sizes, cell, result);
        let samples = random.within(1, 6) as usize;
        let len = sizes.n_steps * n_in;
        let mut input = Buffer::new(data, len, samples);
        for sample in 0..samples {
            input.select(sample);
            for (index, value) in random.numbers(data, len).into_iter().enumerate() {
                input.set(index, value);
            }
        }
        let out_len = if sizes.has_sequence { sizes.n_steps * n_state } else { n_state };
        fast += usize::from(compare(&*kernel, input, (result, out_len), samples));
    }
    assert!(fast > 300, "{fast} of 600 have a fast form");
}
