//! Memory that kernels borrow while they run, kept from one run to the next.

use hls4rs_fixed::{Fixed, Format};

use crate::fast::recurrent::Memory;

/// Vectors that are not in use.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    free: Vec<Vec<Fixed>>,
    /// Inputs and outputs of fast forms.
    pub(crate) f32s: [Vec<f32>; 2],
    /// Inputs and outputs of fast forms.
    pub(crate) f64s: [Vec<f64>; 2],
    /// Raw integers of fast forms.
    pub(crate) i64s: Vec<i64>,
    /// Sums that need more bits than their inputs.
    pub(crate) wide: Vec<f64>,
    /// Sums and states of recurrent layers.
    pub(crate) recurrent_i16: Memory<i16>,
    /// Sums and states of recurrent layers.
    pub(crate) recurrent_i32: Memory<i32>,
}

impl Scratch {
    /// A vector of `len` zeros; to be given back.
    pub(crate) fn zeros(&mut self, format: Format, len: usize) -> Vec<Fixed> {
        let mut numbers = self.free.pop().unwrap_or_default();
        numbers.clear();
        numbers.resize(len, Fixed::zero(format));
        numbers
    }

    /// Gives a vector back.
    pub(crate) fn give_back(&mut self, numbers: Vec<Fixed>) {
        self.free.push(numbers);
    }
}
