//! Softmax by tables.

use super::assign::Assign;
use crate::buffer::{Buffer, Elements};
use crate::kernel::{FastKernel, Io};
use crate::places::Places;

/// A softmax of which each step is an assignment of raw integers or a look-up.
#[derive(Debug)]
pub(crate) struct Softmax {
    /// `[n_outer, n_slice, n_inner]`.
    pub(crate) slices: [usize; 3],
    /// Whether the largest element is taken from the others, and how differences are assigned.
    pub(crate) difference: Option<Assign>,
    pub(crate) exp: Table,
    /// Assigns sums of two numbers.
    pub(crate) accum: Assign,
    pub(crate) sum: Assign,
    pub(crate) inverse: Table,
    /// Assigns products.
    pub(crate) result: Assign,
}

/// A table addressed by the first bits of a number.
#[derive(Debug)]
pub(crate) struct Table {
    /// Bits behind the address.
    pub(crate) shift: u32,
    /// As many as addresses.
    pub(crate) values: Vec<i64>,
}

impl Table {
    #[inline(always)]
    fn get(&self, raw: i64) -> i64 {
        // the number of values is a power of two
        self.values[(raw >> self.shift) as usize & (self.values.len() - 1)]
    }
}

impl Softmax {
    fn slice(&self, input: impl Fn(usize) -> i64, mut output: impl FnMut(usize, i64), exps: &mut Vec<i64>) {
        let n_slice = self.slices[1];
        let largest = (0..n_slice).map(&input).max().unwrap_or(0);
        exps.clear();
        for j in 0..n_slice {
            let address = match &self.difference {
                Some(difference) => difference.of(largest - input(j)),
                None => input(j),
            };
            exps.push(self.exp.get(address));
        }
        let inverse = self.inverse.get(self.sum.of(self.sum_of(exps)));
        for (j, &exp) in exps.iter().enumerate() {
            output(j, self.result.of(exp * inverse));
        }
    }

    /// The sum of a balanced tree.
    fn sum_of(&self, values: &[i64]) -> i64 {
        match values {
            [] => 0,
            [value] => *value,
            [first, second] => self.accum.of(first + second),
            _ => {
                let (left, right) = values.split_at(1 << (values.len() - 1).ilog2());
                self.accum.of(self.sum_of(left) + self.sum_of(right))
            }
        }
    }

    fn run_as<I: Copy + Into<i64>>(
        &self,
        (input, output): (&[I], &mut Buffer),
        exps: &mut Vec<i64>,
        samples: usize,
    ) {
        let [n_outer, n_slice, n_inner] = self.slices;
        for outer in 0..samples * n_outer {
            for inner in 0..n_inner {
                let place = |j: usize| (outer * n_slice + j) * n_inner + inner;
                let get = |j: usize| input[place(j)].into();
                match &mut output.elements {
                    Elements::I32(output) => {
                        self.slice(get, |j, raw| output[place(j)] = raw as i32, exps);
                    }
                    Elements::I64(output) => self.slice(get, |j, raw| output[place(j)] = raw, exps),
                    // results have at most 62 bits
                    Elements::Wide(_) => {}
                }
            }
        }
    }
}

impl FastKernel for Softmax {
    fn run(&self, io: &mut Io<'_>, _: &mut Places<'_, '_>, samples: usize) {
        let (output, exps) = (&mut io.outputs[0], &mut io.scratch.i64s);
        match &io.inputs.buffer(0).elements {
            Elements::I32(input) => self.run_as((input, output), exps, samples),
            Elements::I64(input) => self.run_as((input, output), exps, samples),
            // arguments have at most 62 bits
            Elements::Wide(_) => {}
        }
    }
}
