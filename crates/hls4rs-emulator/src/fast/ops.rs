//! Operations on rows of lanes.

use hls4rs_types::RoundingMode;

use super::lanes::Lane;

/// One operation on every element of a row.
#[derive(Debug, Clone)]
pub(crate) enum Op<T> {
    /// `x · factor[c] + summand[c]`; the arrays are as long as a row's padded channels.
    Channels { factor: Vec<T>, summand: Vec<T> },
    /// `x · factor`, a power of two.
    Scale(T),
    /// The larger of `x` and zero.
    Relu,
    /// To an integer.
    Round(RoundingMode),
    /// The nearest number between two.
    Clamp { low: T, high: T },
    /// Zero for numbers that are not between two.
    ZeroOutside { low: T, high: T },
    /// The number in `[low, low + modulus)` that differs by a multiple of the modulus.
    Wrap { low: T, modulus: T, inverse: T },
    /// The entry of a table that begins at `low`.
    Table { low: T, table: Vec<T> },
}

impl Op<f64> {
    /// The same in other lanes.
    pub(crate) fn convert<T: Lane>(&self) -> Op<T> {
        let all = |values: &[f64]| values.iter().map(|&value| T::of_f64(value)).collect();
        let of = T::of_f64;
        match self {
            Self::Channels { factor, summand } => Op::Channels { factor: all(factor), summand: all(summand) },
            Self::Scale(factor) => Op::Scale(of(*factor)),
            Self::Relu => Op::Relu,
            Self::Round(mode) => Op::Round(*mode),
            Self::Clamp { low, high } => Op::Clamp { low: of(*low), high: of(*high) },
            Self::ZeroOutside { low, high } => Op::ZeroOutside { low: of(*low), high: of(*high) },
            Self::Wrap { low, modulus, inverse } => {
                Op::Wrap { low: of(*low), modulus: of(*modulus), inverse: of(*inverse) }
            }
            Self::Table { low, table } => Op::Table { low: of(*low), table: all(table) },
        }
    }
}

/// Applies the operations to rows of elements, one after the other.
#[inline(always)]
pub(crate) fn apply<T: Lane>(ops: &[Op<T>], values: &mut [T]) {
    for op in ops {
        match op {
            Op::Channels { factor, summand } => channels(values, factor, summand),
            Op::Scale(factor) => map(values, |x| x * *factor),
            Op::Relu => map(values, |x| x.larger(T::default())),
            Op::Round(mode) => round(values, *mode),
            Op::Clamp { low, high } => map(values, |x| x.larger(*low).smaller(*high)),
            Op::ZeroOutside { low, high } => {
                map(values, |x| if x < *low || x > *high { T::default() } else { x });
            }
            Op::Wrap { low, modulus, inverse } => {
                map(values, |x| x - ((x - *low) * *inverse).floor() * *modulus);
            }
            Op::Table { low, table } => lookup(values, *low, table),
        }
    }
}

#[inline(always)]
fn map<T: Lane>(values: &mut [T], f: impl Fn(T) -> T) {
    for value in values {
        *value = f(*value);
    }
}

#[inline(always)]
fn channels<T: Lane>(values: &mut [T], factor: &[T], summand: &[T]) {
    for row in values.chunks_exact_mut(factor.len().max(1)) {
        for ((value, &factor), &summand) in row.iter_mut().zip(factor).zip(summand) {
            *value = *value * factor + summand;
        }
    }
}

#[inline(always)]
fn round<T: Lane>(values: &mut [T], mode: RoundingMode) {
    let half = T::of_f64(0.5);
    let zero = T::default();
    match mode {
        RoundingMode::Trn => map(values, T::floor),
        RoundingMode::TrnZero => map(values, T::trunc),
        RoundingMode::Rnd => map(values, |x| (x + half).floor()),
        RoundingMode::RndZero => {
            map(values, |x| if x < zero { (x + half).floor() } else { (x - half).ceil() });
        }
        RoundingMode::RndInf => {
            map(values, |x| if x < zero { (x - half).ceil() } else { (x + half).floor() });
        }
        RoundingMode::RndMinInf => map(values, |x| (x - half).ceil()),
        RoundingMode::RndConv => map(values, T::round_ties_even),
    }
}

#[inline(always)]
fn lookup<T: Lane>(values: &mut [T], low: T, table: &[T]) {
    let last = table.len() - 1;
    for value in values {
        // padding lanes may hold anything
        let index = usize::try_from((*value - low).to_i32()).unwrap_or(0);
        *value = table[index.min(last)];
    }
}
