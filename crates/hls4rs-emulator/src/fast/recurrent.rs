//! Recurrent layers in lanes of integers.

use std::ops::Range;

use hls4rs_fixed::Format;
use multiversion::multiversion;

use super::cells::{Cell, Row, Update, is_simple};
use super::integers::{Narrow, Wide};
use super::lookup::{BLOCK, Lookup};
use super::products::{Mode, Products, Weights};
use crate::buffer::{Buffer, Elements, signed_width};
use crate::kernel::{FastKernel, Io};
use crate::kernels::recurrent::Sizes;
use crate::places::Places;

/// What a recurrent layer computes, on raw integers.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) n_state: usize,
    /// Type of sums and gates.
    pub(crate) accum: Format,
    /// Type of states.
    pub(crate) result: Format,
    pub(crate) of_input: Weights,
    /// Products of states, for the first of the sums.
    pub(crate) of_state: Weights,
    /// What sums begin with, in the accumulator.
    pub(crate) bias: Vec<i64>,
    /// Functions of sums.
    pub(crate) gates: Vec<(Range<usize>, Lookup)>,
    pub(crate) update: Update,
}

/// The fast form of a layer that reads its sequence forward, or, with two recipes, from both ends.
///
/// Sums wrap, so that the order of their products does not matter: those of all inputs come first.
pub(crate) fn kernel(sizes: Sizes, data: Format, recipes: &[Recipe]) -> Option<Box<dyn FastKernel>> {
    let is_known = |recipe: &Recipe| is_simple(recipe.accum) && is_simple(recipe.result);
    let is_empty = sizes.n_steps == 0 || sizes.n_in == 0 || recipes.iter().any(|recipe| recipe.n_state == 0);
    if is_empty || data.is_int || !recipes.iter().all(is_known) {
        return None;
    }
    let narrow = Recurrent::<i16>::new(sizes, data, recipes);
    match narrow {
        Some(narrow) => Some(Box::new(narrow)),
        None => Some(Box::new(Recurrent::<i32>::new(sizes, data, recipes)?)),
    }
}

/// A recurrent layer.
#[derive(Debug)]
struct Recurrent<T: Narrow> {
    sizes: Sizes,
    /// Elements of a step of the output.
    n_out: usize,
    directions: Vec<Direction<T>>,
}

/// A layer that reads its sequence in one direction.
#[derive(Debug)]
struct Direction<T: Narrow> {
    is_backward: bool,
    /// First element of the output.
    first: usize,
    n_state: usize,
    of_input: Products<T>,
    of_state: Products<T>,
    /// With padding.
    bias: Vec<T>,
    state_mode: Mode,
    cell: Cell<T::Wide>,
}

/// Memory of a direction.
#[derive(Debug, Default)]
pub(crate) struct Memory<T: Narrow> {
    data: Vec<T>,
    sums: Vec<T>,
    of_step: Vec<T>,
    hidden: Vec<T>,
    values: Vec<T::Wide>,
    cell: Vec<T::Wide>,
    state: Vec<T::Wide>,
}

/// The largest width of a format in lanes.
fn most_bits<T: Narrow>() -> u32 {
    // products of 32 bits and their sums need a spare bit
    T::BITS.min(31)
}

impl<T: Narrow> Recurrent<T> {
    fn new(sizes: Sizes, data: Format, recipes: &[Recipe]) -> Option<Self> {
        let mut directions = Vec::with_capacity(recipes.len());
        let mut n_out = 0;
        for (number, recipe) in recipes.iter().enumerate() {
            let widths = [signed_width(data), recipe.accum.width, recipe.result.width];
            if widths.into_iter().any(|width| width > most_bits::<T>()) {
                return None;
            }
            directions.push(Direction::new(recipe, number > 0, n_out)?);
            n_out += recipe.n_state;
        }
        Some(Self { sizes, n_out, directions })
    }

    #[inline(always)]
    fn compute(&self, (input, output): (&Buffer, &mut Buffer), memory: &mut Memory<T>, samples: usize) {
        let (Elements::I32(input), Elements::I32(output)) = (&input.elements, &mut output.elements) else {
            // all formats have fewer bits
            return;
        };
        let len = self.sizes.n_steps * self.sizes.n_in;
        let out_len = if self.sizes.has_sequence { self.sizes.n_steps * self.n_out } else { self.n_out };
        let mut first = 0;
        while first + ROWS <= samples {
            self.rows::<ROWS>((&input[first * len..], &mut output[first * out_len..]), memory);
            first += ROWS;
        }
        while first < samples {
            self.rows::<1>((&input[first * len..], &mut output[first * out_len..]), memory);
            first += 1;
        }
    }

    /// Computes `N` samples.
    #[inline(always)]
    fn rows<const N: usize>(&self, (input, output): (&[i32], &mut [i32]), memory: &mut Memory<T>) {
        for direction in &self.directions {
            direction.load::<N>(input, self.sizes, memory);
            direction.run::<N>((output, self.n_out), self.sizes, memory);
        }
    }
}

impl<T: Narrow> Direction<T> {
    fn new(recipe: &Recipe, is_backward: bool, first: usize) -> Option<Self> {
        let (of_input, of_state) = (Products::new(&recipe.of_input)?, Products::new(&recipe.of_state)?);
        let cell = Cell::new(recipe)?;
        let mut bias: Vec<T> = recipe.bias.iter().map(|&raw| T::of_i64(raw)).collect();
        bias.resize(of_input.lanes, T::default());
        let state_mode = of_state.mode(cell.state_bits);
        Some(Self { is_backward, first, n_state: recipe.n_state, of_input, of_state, bias, state_mode, cell })
    }

    /// The sums of products of all inputs of `N` samples.
    #[inline(always)]
    fn load<const N: usize>(&self, input: &[i32], sizes: Sizes, memory: &mut Memory<T>) {
        let Sizes { n_steps, n_in, .. } = sizes;
        let (lanes, steps) = (self.of_input.lanes, N * n_steps);
        memory.resize(steps * n_in, steps * lanes);
        let data = &mut memory.data[..steps * n_in];
        let mut folded = 0i64;
        for (place, &raw) in data.iter_mut().zip(input) {
            *place = T::of_i32(raw);
            folded |= place.folded();
        }
        let mode = self.of_input.mode(64 - folded.leading_zeros());
        let up = self.of_input.up(mode);
        data.iter_mut().for_each(|place| *place = place.moved(up));
        let row = |step: usize| &memory.data[step * n_in..(step + 1) * n_in];
        let mut step = 0;
        while step + 2 <= steps {
            let sums = &mut memory.sums[step * lanes..];
            self.of_input.add(mode, [row(step), row(step + 1)], (&self.bias, 0), (sums, lanes));
            step += 2;
        }
        if step < steps {
            let sums = &mut memory.sums[step * lanes..];
            self.of_input.add(mode, [row(step)], (&self.bias, 0), (sums, lanes));
        }
    }

    /// The states of all steps of `N` samples.
    #[inline(always)]
    fn run<const N: usize>(
        &self,
        (output, n_out): (&mut [i32], usize),
        sizes: Sizes,
        memory: &mut Memory<T>,
    ) {
        let Sizes { n_steps, has_sequence, .. } = sizes;
        let (n_state, lanes) = (self.n_state, self.of_input.lanes);
        let states = n_state.next_multiple_of(BLOCK);
        memory.reset(N * states, N * lanes, (self.cell.blocks() + 1) * BLOCK);
        let up = self.of_state.up(self.state_mode);
        let out_len = if has_sequence { n_steps * n_out } else { n_out };
        for number in 0..n_steps {
            let step = if self.is_backward { n_steps - 1 - number } else { number };
            let begin = &memory.sums[step * lanes..];
            let hidden: [&[T]; N] =
                std::array::from_fn(|row| &memory.hidden[row * states..row * states + n_state]);
            self.of_state.add(
                self.state_mode,
                hidden,
                (begin, n_steps * lanes),
                (&mut memory.of_step, lanes),
            );
            // sums without products of states
            let first = self.of_state.lanes;
            for row in 0..if first < lanes { N } else { 0 } {
                let rest = &begin[row * n_steps * lanes..][first..lanes];
                memory.of_step[row * lanes..][first..lanes].copy_from_slice(rest);
            }
            for row in 0..N {
                let range = row * states..(row + 1) * states;
                let state = Row {
                    values: &mut memory.values,
                    cell: &mut memory.cell[range.clone()],
                    state: &mut memory.state[range.clone()],
                    hidden: &mut memory.hidden[range.clone()],
                };
                self.cell.update(&memory.of_step[row * lanes..(row + 1) * lanes], state, up);
                if has_sequence || number + 1 == n_steps {
                    let begin = row * out_len + self.first + if has_sequence { step * n_out } else { 0 };
                    let places = output[begin..begin + n_state].iter_mut();
                    for (place, state) in places.zip(&memory.state[range]) {
                        *place = state.to_i32();
                    }
                }
            }
        }
    }
}

/// Samples that are computed at a time, so that one need not wait for another.
const ROWS: usize = 4;

impl<T: Narrow> Memory<T> {
    /// Memory for data and sums.
    fn resize(&mut self, data: usize, sums: usize) {
        self.data.resize(data.max(self.data.len()), T::default());
        self.sums.resize(sums.max(self.sums.len()), T::default());
    }

    /// States of zero, and memory for a step.
    fn reset(&mut self, states: usize, sums: usize, values: usize) {
        self.of_step.resize(sums.max(self.of_step.len()), T::default());
        self.values.resize(values.max(self.values.len()), T::Wide::default());
        self.hidden.clear();
        self.hidden.resize(states, T::default());
        for numbers in [&mut self.cell, &mut self.state] {
            numbers.clear();
            numbers.resize(states, T::Wide::default());
        }
    }
}

macro_rules! kernel {
    ($($narrow:ident, $name:ident, $scratch:ident;)*) => {$(
        #[multiversion(targets(
            "x86_64+avx512f+avx512vl+avx512bw+avx512dq+avx2+fma",
            "x86_64+avx2+fma",
            "x86_64+sse4.1"
        ))]
        fn $name(
            kernel: &Recurrent<$narrow>,
            buffers: (&Buffer, &mut Buffer),
            memory: &mut Memory<$narrow>,
            samples: usize,
        ) {
            kernel.compute(buffers, memory, samples);
        }

        impl FastKernel for Recurrent<$narrow> {
            fn run(&self, io: &mut Io<'_>, _: &mut Places<'_, '_>, samples: usize) {
                let input = io.inputs.buffer(0);
                $name(self, (input, &mut io.outputs[0]), &mut io.scratch.$scratch, samples);
            }
        }
    )*};
}

kernel! {
    i16, compute_i16, recurrent_i16;
    i32, compute_i32, recurrent_i32;
}
