//! Functions read from tables, on raw integers.

use hls4rs_fixed::{Fixed, Format};

use super::integers::Wide;
use super::interval::Interval;
use crate::kernels::functions::Function;
use crate::log::Log;

/// Numbers that are computed at a time.
pub(crate) const BLOCK: usize = 16;
/// Numbers in all tables of a layer.
const SIZE: usize = 1 << 13;
/// Arguments of up to that many bits are tabulated one by one.
const MAX_TABULATED_BITS: u32 = 12;

/// A function as a table: `y = values[⌊x · multiplier / 2^shift⌋ + middle]`, the index clamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lookup {
    pub(crate) multiplier: i64,
    pub(crate) shift: u32,
    /// Whether the quotient is truncated towards zero, not towards −∞.
    pub(crate) truncates: bool,
    pub(crate) middle: i64,
    /// Raw integers of the result.
    pub(crate) values: Vec<i64>,
}

impl Lookup {
    /// The table of a function for arguments of a format.
    pub(crate) fn of(function: &dyn Function, input: Format) -> Option<Self> {
        function.lookup(input).or_else(|| Self::tabulated(function, input))
    }

    /// A table with a value per argument.
    fn tabulated(function: &dyn Function, input: Format) -> Option<Self> {
        if input.width > MAX_TABULATED_BITS || input.is_int {
            return None;
        }
        let mut log = Log::default();
        let Interval { low, high } = Interval::of(input)?;
        let (low, high) = (i64::try_from(low).ok()?, i64::try_from(high).ok()?);
        let values =
            (low..=high).map(|raw| function.of(Fixed::from_raw(raw, input), &mut log).raw_i64()).collect();
        let table = Self { multiplier: 1, shift: 0, truncates: false, middle: -low, values };
        (!log.is_faulty()).then_some(table)
    }

    /// Smallest and largest value.
    pub(crate) fn range(&self) -> (i64, i64) {
        let least = self.values.iter().copied().min().unwrap_or(0);
        (least, self.values.iter().copied().max().unwrap_or(0))
    }

    /// The largest magnitude of a value.
    pub(crate) fn magnitude(&self) -> i64 {
        let (least, most) = self.range();
        most.max(-least)
    }
}

/// The values of all tables of a layer.
#[derive(Debug)]
pub(crate) struct Values<W> {
    values: Vec<W>,
    known: Vec<(Lookup, usize)>,
    is_scaled: bool,
}

/// Where a number is found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Address<W> {
    multiplier: W,
    shift: W,
    /// What is added to negative products before they are moved.
    rest: W,
    middle: W,
    last: W,
    base: W,
}

/// Addresses of a block of numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Addresses<W> {
    multiplier: [W; BLOCK],
    shift: [W; BLOCK],
    rest: [W; BLOCK],
    middle: [W; BLOCK],
    last: [W; BLOCK],
    base: [W; BLOCK],
}

impl<W: Wide> Values<W> {
    /// No values.
    pub(crate) fn new() -> Self {
        Self { values: Vec::new(), known: Vec::new(), is_scaled: false }
    }

    /// Adds a table for arguments of a format, if nothing overflows on the way.
    pub(crate) fn add(&mut self, lookup: &Lookup, input: Format) -> Option<Address<W>> {
        let mut lookup = lookup.clone();
        while lookup.multiplier % 2 == 0 && lookup.shift > 0 {
            (lookup.multiplier, lookup.shift) = (lookup.multiplier / 2, lookup.shift - 1);
        }
        let rest = if lookup.truncates { (1i64 << lookup.shift.min(62)) - 1 } else { 0 };
        let product = Interval::of(input)?.magnitude().checked_mul(lookup.multiplier.into())?;
        let largest = product + i128::from(rest) + i128::from(lookup.middle.abs());
        let last = i64::try_from(lookup.values.len()).ok()? - 1;
        if lookup.multiplier < 1 || last < 0 || largest >= 1 << (W::BITS - 2) || lookup.shift >= W::BITS - 1 {
            return None;
        }
        self.is_scaled |= lookup.multiplier != 1;
        let base = match self.known.iter().find(|(known, _)| known.values == lookup.values) {
            Some((_, base)) => *base,
            None => {
                let base = self.values.len();
                self.values.extend(lookup.values.iter().map(|&value| W::of_i64(value)));
                self.known.push((lookup.clone(), base));
                base
            }
        };
        if self.values.len() > SIZE {
            return None;
        }
        Some(Address {
            multiplier: W::of_i64(lookup.multiplier),
            shift: W::of_i64(lookup.shift.into()),
            rest: W::of_i64(rest),
            middle: W::of_i64(lookup.middle),
            last: W::of_i64(last),
            base: W::of_i64(i64::try_from(base).ok()?),
        })
    }

    /// Whether an address has a factor.
    pub(crate) fn is_scaled(&self) -> bool {
        self.is_scaled
    }

    /// The values, when all tables are there.
    pub(crate) fn finish(mut self) -> Option<Box<[W; SIZE]>> {
        self.values.resize(SIZE, W::default());
        self.values.into_boxed_slice().try_into().ok()
    }
}

/// All tables of a layer.
pub(crate) type Table<W> = Box<[W; SIZE]>;

impl<W: Wide> Addresses<W> {
    /// Sets the address of one lane.
    pub(crate) fn set(&mut self, lane: usize, address: Address<W>) {
        self.multiplier[lane] = address.multiplier;
        self.shift[lane] = address.shift;
        self.rest[lane] = address.rest;
        self.middle[lane] = address.middle;
        self.last[lane] = address.last;
        self.base[lane] = address.base;
    }

    /// The values of a block of numbers.
    #[inline(always)]
    pub(crate) fn get<const SCALED: bool>(&self, table: &[W; SIZE], x: &[W; BLOCK]) -> [W; BLOCK] {
        let mut indices = [W::default(); BLOCK];
        for lane in 0..BLOCK {
            let product = if SCALED { x[lane].times(self.multiplier[lane]) } else { x[lane] };
            let rest = product.right(W::BITS - 1).and(self.rest[lane]);
            let index = product.plus(rest).right_by(self.shift[lane]).plus(self.middle[lane]);
            indices[lane] = index.max(W::default()).min(self.last[lane]).plus(self.base[lane]);
        }
        read(table, &indices)
    }
}

impl<W: Wide> Address<W> {
    /// The values of a block of numbers.
    #[inline(always)]
    pub(crate) fn get<const SCALED: bool>(&self, table: &[W; SIZE], x: &[W; BLOCK]) -> [W; BLOCK] {
        let mut indices = [W::default(); BLOCK];
        for lane in 0..BLOCK {
            let product = if SCALED { x[lane].times(self.multiplier) } else { x[lane] };
            let rest = product.right(W::BITS - 1).and(self.rest);
            let index = product.plus(rest).right_by(self.shift).plus(self.middle);
            indices[lane] = index.max(W::default()).min(self.last).plus(self.base);
        }
        read(table, &indices)
    }
}

#[inline(always)]
fn read<W: Wide>(table: &[W; SIZE], indices: &[W; BLOCK]) -> [W; BLOCK] {
    let mut values = [W::default(); BLOCK];
    for lane in 0..BLOCK {
        values[lane] = table[indices[lane].to_usize() & (SIZE - 1)];
    }
    values
}
