//! Sums of truncated products in lanes of integers.

use super::integers::Narrow;

/// Outputs are padded to a multiple of this.
const LANES: usize = 32;

/// Weights of a sum of products, as raw integers.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) n_in: usize,
    pub(crate) n_out: usize,
    /// `[n_in, n_out]`.
    pub(crate) raws: Vec<i64>,
    /// Fractional bits of a product that the accumulator lacks.
    pub(crate) lost: i32,
}

/// Sums of products, each truncated to the accumulator's fractional bits; everything wraps.
#[derive(Debug)]
pub(crate) struct Products<T> {
    /// Number of outputs with padding.
    pub(crate) lanes: usize,
    n_in: usize,
    /// In tiles: `[n_in, outputs of the tile]`.
    weight: Vec<T>,
    /// Bits that a product of data and these weights is moved to the right by.
    shift: u32,
}

/// How products are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The low half.
    Low,
    /// The high half, of data that was moved to the left.
    High,
    /// Bits of both halves.
    Middle,
}

/// Outputs with padding.
const fn padded(n_out: usize) -> usize {
    n_out.next_multiple_of(LANES)
}

impl<T: Narrow> Products<T> {
    /// The sums, if all weights fit.
    pub(crate) fn new(weights: &Weights) -> Option<Self> {
        let Weights { n_in, n_out, ref raws, lost } = *weights;
        let zeros = raws.iter().filter(|raw| **raw != 0).map(|raw| raw.trailing_zeros()).min().unwrap_or(0);
        let lost = lost - zeros.cast_signed();
        let most = raws.iter().map(|raw| (raw >> zeros) ^ (raw >> 63)).max().unwrap_or(0);
        let room = (T::BITS - 1).checked_sub(64 - most.leading_zeros())?;
        // weights are moved to the left as far as they fit, so that as few bits as possible are between both halves
        let (up, shift) = match u32::try_from(lost) {
            Ok(lost) => {
                let up = room.min(T::BITS.checked_sub(lost)?);
                if lost == 0 { (0, 0) } else { (up, lost + up) }
            }
            Err(_) => (lost.unsigned_abs(), 0),
        };
        if up >= T::BITS {
            return None;
        }
        let raw = |input: usize, output: usize| {
            let raw = if output < n_out { raws[input * n_out + output] } else { 0 };
            T::of_i64((raw >> zeros) << up)
        };
        let lanes = padded(n_out);
        let mut weight = Vec::with_capacity(n_in * lanes);
        let mut first = 0;
        while first < lanes {
            let width = (lanes - first).min(T::TILE);
            for input in 0..n_in {
                weight.extend((first..first + width).map(|output| raw(input, output)));
            }
            first += width;
        }
        Some(Self { lanes, n_in, weight, shift })
    }

    /// How products of data are computed whose magnitudes have at most so many bits.
    pub(crate) fn mode(&self, bits: u32) -> Mode {
        if self.shift == 0 {
            Mode::Low
        } else if bits + self.up(Mode::High) < T::BITS {
            Mode::High
        } else {
            Mode::Middle
        }
    }

    /// Bits that data must be moved to the left by.
    pub(crate) fn up(&self, mode: Mode) -> u32 {
        if mode == Mode::High { T::BITS - self.shift } else { 0 }
    }

    /// Sums of `N` rows that begin with other sums.
    #[inline(always)]
    pub(crate) fn add<const N: usize>(
        &self,
        mode: Mode,
        data: [&[T]; N],
        begin: Rows<'_, T>,
        sums: (&mut [T], usize),
    ) {
        let shift = self.shift;
        match mode {
            Mode::Low => self.add_by::<N>(data, begin, sums, |x, w| x.low(w)),
            Mode::High => self.add_by::<N>(data, begin, sums, |x, w| x.high(w)),
            Mode::Middle => self.add_by::<N>(data, begin, sums, move |x, w| x.middle(w, shift)),
        }
    }

    #[inline(always)]
    fn add_by<const N: usize>(
        &self,
        data: [&[T]; N],
        (begin, from): Rows<'_, T>,
        (sums, step): (&mut [T], usize),
        product: impl Fn(T, T) -> T + Copy,
    ) {
        let n_in = self.n_in;
        let mut first = 0;
        while first < self.lanes {
            let weight = &self.weight[first * n_in..];
            let (begin, sums) = ((&begin[first..], from), (&mut sums[first..], step));
            let width = (self.lanes - first).min(T::TILE);
            match width / LANES {
                1 => tile::<T, 32, N>(data, &weight[..n_in * 32], begin, sums, product),
                2 => tile::<T, 64, N>(data, &weight[..n_in * 64], begin, sums, product),
                3 => tile::<T, 96, N>(data, &weight[..n_in * 96], begin, sums, product),
                _ => tile::<T, 128, N>(data, &weight[..n_in * 128], begin, sums, product),
            }
            first += width;
        }
    }
}

/// Rows of sums, and the distance from one to the next.
type Rows<'a, T> = (&'a [T], usize);

/// `W` outputs of `N` rows.
#[inline(always)]
fn tile<T: Narrow, const W: usize, const N: usize>(
    data: [&[T]; N],
    weight: &[T],
    (begin, from): Rows<'_, T>,
    (sums, step): (&mut [T], usize),
    product: impl Fn(T, T) -> T,
) {
    let weight = weight.as_chunks::<W>().0;
    let mut acc = [[T::default(); W]; N];
    for n in 0..N {
        acc[n].copy_from_slice(&begin[n * from..n * from + W]);
    }
    let data = data.map(|row| &row[..weight.len()]);
    for (input, weight) in weight.iter().enumerate() {
        for n in 0..N {
            let x = data[n][input];
            for lane in 0..W {
                acc[n][lane] = acc[n][lane].plus(product(x, weight[lane]));
            }
        }
    }
    for n in 0..N {
        sums[n * step..n * step + W].copy_from_slice(&acc[n]);
    }
}
