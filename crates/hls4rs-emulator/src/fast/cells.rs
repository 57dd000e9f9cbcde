//! States of recurrent layers from their sums, in lanes of integers.

use hls4rs_fixed::Format;
use hls4rs_types::{RoundingMode, SaturationMode};

use super::integers::{Narrow, Wide};
use super::lookup::{Address, Addresses, BLOCK, Lookup, Table, Values};
use super::recurrent::Recipe;

/// How the state follows from the sums.
#[derive(Debug, Clone)]
pub(crate) enum Update {
    /// Sums `i`, `f`, `c`, `o`; the function of the cell's state.
    Lstm(Lookup),
    /// Sums of the update gate, the reset gate, the candidate's products of states, and those of inputs; the function of
    /// the candidate.
    Gru(Lookup),
}

/// Drops fractional bits that a format lacks, and wraps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trim {
    left: u32,
    right: u32,
}

impl Trim {
    /// The assignment of numbers with so many fractional bits to a format, from integers of `bits`.
    pub(crate) fn new(fractional: i32, to: Format, bits: u32) -> Option<Self> {
        let right = bits.checked_sub(to.width)?;
        let left = u32::try_from(right.cast_signed() - (fractional - to.fractional())).ok()?;
        (is_simple(to) && left < bits && right < bits).then_some(Self { left, right })
    }

    #[inline(always)]
    fn of<W: Wide>(self, raw: W) -> W {
        raw.left(self.left).right(self.right)
    }
}

/// Whether assignments to a format drop bits, on both ends, and do nothing else.
pub(crate) fn is_simple(format: Format) -> bool {
    format.signed
        && !format.is_int
        && format.rounding == RoundingMode::Trn
        && format.saturation == SaturationMode::Wrap
        && format.saturation_bits == 0
        && format.fractional() >= 0
}

/// The computation of a state from its sums.
#[derive(Debug)]
pub(crate) struct Cell<W> {
    n_state: usize,
    is_lstm: bool,
    table: Table<W>,
    /// Whether addresses have factors.
    is_scaled: bool,
    /// The functions of the first sums.
    gates: Vec<Addresses<W>>,
    /// The function of the cell's state, or of the candidate.
    function: Address<W>,
    /// Wraps sums.
    sum: Trim,
    /// Assigns products of numbers of the accumulator to it.
    product: Trim,
    /// Bits that both summands of the mixed state are moved to the left by.
    up: [u32; 2],
    /// Assigns the mixed state to the result.
    mixed: Trim,
    /// Assigns the product of gate and function to the result.
    output: Trim,
    one: W,
    /// The state's magnitude has at most so many bits.
    pub(crate) state_bits: u32,
}

impl<W: Wide> Cell<W> {
    /// The computation, if all numbers fit into lanes.
    pub(crate) fn new(recipe: &Recipe) -> Option<Self> {
        let Recipe { n_state, accum, result, ref gates, ref update, .. } = *recipe;
        let mut values = Values::new();
        let end = gates.iter().map(|(lanes, _)| lanes.end).max()?;
        let mut blocks = vec![Addresses::default(); end.div_ceil(BLOCK)];
        for (lanes, lookup) in gates {
            let address = values.add(lookup, accum)?;
            for lane in lanes.clone() {
                blocks[lane / BLOCK].set(lane % BLOCK, address);
            }
        }
        let (is_lstm, function) = match update {
            Update::Lstm(lookup) => (true, values.add(lookup, result)?),
            Update::Gru(lookup) => (false, values.add(lookup, accum)?),
        };
        let (of_gate, of_state) = (accum.fractional(), result.fractional());
        let fractions = [2 * of_gate, of_gate + of_state];
        let finest = fractions[0].max(fractions[1]);
        let [first, second] = fractions.map(|fractional| (finest - fractional).unsigned_abs());
        Some(Self {
            n_state,
            is_lstm,
            gates: blocks,
            function,
            sum: Trim::new(of_gate, accum, W::BITS)?,
            product: Trim::new(2 * of_gate, accum, W::BITS)?,
            up: [first, second],
            mixed: Trim::new(finest, result, W::BITS)?,
            output: Trim::new(2 * of_gate, result, W::BITS)?,
            one: W::of_i64(1i64.checked_shl(of_gate.unsigned_abs())?),
            state_bits: state_bits(recipe).min(result.width - 1),
            is_scaled: values.is_scaled(),
            table: values.finish()?,
        })
    }

    /// Blocks of sums that are arguments of functions.
    pub(crate) fn blocks(&self) -> usize {
        self.gates.len()
    }

    /// Computes the states of a row from its sums, and the hidden state for the next products, moved to the left.
    #[inline(always)]
    pub(crate) fn update<T: Narrow<Wide = W>>(&self, sums: &[T], row: Row<'_, T>, up: u32) {
        if self.is_scaled {
            self.update_by::<T, true>(sums, row, up);
        } else {
            self.update_by::<T, false>(sums, row, up);
        }
    }

    #[inline(always)]
    fn update_by<T: Narrow<Wide = W>, const SCALED: bool>(&self, sums: &[T], row: Row<'_, T>, up: u32) {
        for (block, addresses) in self.gates.iter().enumerate() {
            let arguments = self.sums(sums, block * BLOCK);
            let values = addresses.get::<SCALED>(&self.table, &arguments);
            row.values[block * BLOCK..(block + 1) * BLOCK].copy_from_slice(&values);
        }
        let mut first = 0;
        while first < self.n_state {
            let state = if self.is_lstm {
                self.lstm::<SCALED>(row.values, row.cell, first)
            } else {
                self.gru::<T, SCALED>(sums, row.values, row.state, first)
            };
            row.state[first..first + BLOCK].copy_from_slice(&state);
            let mut hidden = [T::default(); BLOCK];
            for lane in 0..BLOCK {
                hidden[lane] = T::of_wide(state[lane]).moved(up);
            }
            row.hidden[first..first + BLOCK].copy_from_slice(&hidden);
            first += BLOCK;
        }
    }

    /// A block of sums, wrapped.
    #[inline(always)]
    fn sums<T: Narrow<Wide = W>>(&self, sums: &[T], first: usize) -> [W; BLOCK] {
        let sums = block(sums, first);
        let mut wide = [W::default(); BLOCK];
        for lane in 0..BLOCK {
            wide[lane] = self.sum.of(sums[lane].widen());
        }
        wide
    }

    /// **Formula:** `c = c̃ · i + c · f`, `h = o · a(c)`.
    #[inline(always)]
    fn lstm<const SCALED: bool>(&self, values: &[W], cell: &mut [W], first: usize) -> [W; BLOCK] {
        let n = self.n_state;
        let (i, f) = (block(values, first), block(values, n + first));
        let (c, o) = (block(values, 2 * n + first), block(values, 3 * n + first));
        let mut state = block(cell, first);
        for lane in 0..BLOCK {
            let added = c[lane].times(i[lane]).left(self.up[0]);
            let kept = state[lane].times(f[lane]).left(self.up[1]);
            state[lane] = self.mixed.of(added.plus(kept));
        }
        cell[first..first + BLOCK].copy_from_slice(&state);
        let mut hidden = self.function.get::<SCALED>(&self.table, &state);
        for lane in 0..BLOCK {
            hidden[lane] = self.output.of(o[lane].times(hidden[lane]));
        }
        hidden
    }

    /// **Formula:** `h̃ = a(u_h + r · v_h)`, `h = h̃ · (1 − z) + h · z`.
    #[inline(always)]
    fn gru<T: Narrow<Wide = W>, const SCALED: bool>(
        &self,
        sums: &[T],
        values: &[W],
        state: &[W],
        first: usize,
    ) -> [W; BLOCK] {
        let n = self.n_state;
        let (update, reset) = (block(values, first), block(values, n + first));
        let (of_state, of_input) = (self.sums(sums, 2 * n + first), self.sums(sums, 3 * n + first));
        let mut argument = [W::default(); BLOCK];
        for lane in 0..BLOCK {
            let kept = self.product.of(reset[lane].times(of_state[lane]));
            argument[lane] = self.sum.of(of_input[lane].plus(kept));
        }
        let candidate = self.function.get::<SCALED>(&self.table, &argument);
        let mut state = block(state, first);
        for lane in 0..BLOCK {
            let added = candidate[lane].times(self.one.minus(update[lane])).left(self.up[0]);
            let kept = state[lane].times(update[lane]).left(self.up[1]);
            state[lane] = self.mixed.of(added.plus(kept));
        }
        state
    }
}

/// The states of one sample.
pub(crate) struct Row<'m, T: Narrow> {
    pub(crate) values: &'m mut [T::Wide],
    pub(crate) cell: &'m mut [T::Wide],
    pub(crate) state: &'m mut [T::Wide],
    pub(crate) hidden: &'m mut [T],
}

/// A block of a slice, which must be long enough.
#[inline(always)]
fn block<V: Copy + Default>(values: &[V], first: usize) -> [V; BLOCK] {
    values[first..].first_chunk::<BLOCK>().copied().unwrap_or_default()
}

/// Bits of the largest magnitude that a state can have.
fn state_bits(recipe: &Recipe) -> u32 {
    let Recipe { accum, result, ref gates, ref update, .. } = *recipe;
    let bits = |magnitude: i128| 128 - magnitude.leading_zeros();
    match update {
        Update::Lstm(output) => {
            let gate = gates.iter().map(|(_, lookup)| lookup.magnitude()).max().unwrap_or(i64::MAX);
            let product = i128::from(gate) * i128::from(output.magnitude());
            let lost = 2 * accum.fractional() - result.fractional();
            u32::try_from(lost).map_or(u32::MAX, |lost| bits((product >> lost.min(127)) + 1))
        }
        // a mean of numbers that are not larger
        Update::Gru(candidate) => {
            let is_mean = gates.iter().all(|(_, lookup)| {
                let (least, most) = lookup.range();
                least >= 0 && i128::from(most) <= 1i128 << accum.fractional().unsigned_abs().min(100)
            });
            if is_mean && accum.fractional() == result.fractional() {
                return bits(candidate.magnitude().into());
            }
            u32::MAX
        }
    }
}
