//! Chains of operations, each proven exact.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::SaturationMode;

use super::interval::Interval;
use super::ops::Op;
use super::stages::Tap;
use crate::form::{Channels, Map};
use crate::kernels::functions::Function;
use crate::log::Log;
use crate::real;

/// Most values that a function is tabulated for.
const MAX_TABLE: i128 = 1 << 12;

/// Operations on the raw integers of numbers with a number of fractional bits, and what is known of them.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) ops: Vec<Op<f64>>,
    /// Where values are kept, in order.
    pub(crate) taps: Vec<Tap>,
    /// Fractional bits of the numbers.
    fractional: i32,
    /// All values at this point.
    pub(crate) interval: Interval,
    /// Largest magnitude of an integer on the way, in units of the finest fraction of its number.
    pub(crate) magnitude: i128,
    /// Channels per row, with padding.
    lanes: usize,
}

impl Chain {
    /// A chain that begins with these values.
    pub(crate) fn new(fractional: i32, interval: Interval, lanes: usize) -> Self {
        Self {
            ops: Vec::new(),
            taps: Vec::new(),
            fractional,
            interval,
            magnitude: interval.magnitude(),
            lanes,
        }
    }

    /// Keeps the values at this point, which are those of a tensor of the format, if lanes can be made floating-point numbers
    /// by a multiplication.
    pub(crate) fn tap(&mut self, place: usize, format: Format) -> Option<()> {
        let scale = real::scale(format)?;
        self.taps.push(Tap { after: self.ops.len(), place, scale });
        Some(())
    }

    /// Takes another interval into account.
    fn now(&mut self, interval: Interval) {
        self.interval = interval;
        self.magnitude = self.magnitude.max(interval.magnitude());
    }

    /// Assigns to a format.
    pub(crate) fn cast(&mut self, format: Format) -> Option<()> {
        let shift = format.fractional() - self.fractional;
        if shift.unsigned_abs() > 60 || format.width > 64 {
            return None;
        }
        if shift > 0 {
            self.ops.push(Op::Scale(2f64.powi(shift)));
            self.now(self.interval.times(1 << shift)?);
        } else if shift < 0 {
            // how integers are truncated depends on more than the mode
            let mode = if format.is_int { return None } else { format.rounding };
            self.ops.push(Op::Scale(2f64.powi(shift)));
            self.ops.push(Op::Round(mode));
            // a half is added to the number, in units of its last bit
            let half = 1 << (shift.unsigned_abs() - 1);
            self.magnitude = self.magnitude.max(self.interval.magnitude() + half);
            let rounded = |raw: i128| cast_raw(raw, -shift, mode);
            self.interval = Interval { low: rounded(self.interval.low), high: rounded(self.interval.high) };
        }
        self.fractional = format.fractional();
        self.saturate(format)
    }

    fn saturate(&mut self, format: Format) -> Option<()> {
        let range = Interval::of(format)?;
        let saturation = if format.is_int { SaturationMode::Wrap } else { format.saturation };
        let is_symmetric = saturation == SaturationMode::SatSym && format.signed && format.width > 1;
        let range = if is_symmetric { Interval { low: -range.high, ..range } } else { range };
        if range.holds(self.interval) {
            return Some(());
        }
        let (low, high) = (range.low as f64, range.high as f64);
        match saturation {
            SaturationMode::Wrap if format.saturation_bits > 0 => return None,
            SaturationMode::Wrap => {
                let modulus = 2f64.powi(format.width.cast_signed());
                self.magnitude = self.magnitude.max(self.interval.magnitude() + range.magnitude());
                self.ops.push(Op::Wrap { low, modulus, inverse: modulus.recip() });
                self.interval = range;
            }
            SaturationMode::SatZero => {
                self.ops.push(Op::ZeroOutside { low, high });
                self.interval = range;
            }
            SaturationMode::Sat | SaturationMode::SatSym => {
                self.ops.push(Op::Clamp { low, high });
                let clamp = |raw: i128| raw.clamp(range.low, range.high);
                self.interval = Interval { low: clamp(self.interval.low), high: clamp(self.interval.high) };
            }
        }
        Some(())
    }

    /// Multiplies with a factor per channel, and adds a summand.
    pub(crate) fn channels(&mut self, channels: &Channels<'_>) -> Option<()> {
        let scale = Raws::of(&channels.scale)?;
        let bias = Raws::of(channels.bias)?;
        let product = self.fractional + scale.fractional;
        let fractional = product.max(bias.fractional);
        let (up, bias_up) = (fractional - product, fractional - bias.fractional);
        if up > 60 || bias_up > 60 {
            return None;
        }
        let mut interval = None;
        let (mut factor, mut summand) = (vec![0.0; self.lanes], vec![0.0; self.lanes]);
        for (index, (&scale, &bias)) in scale.raws.iter().zip(&bias.raws).enumerate() {
            let scale = scale.checked_shl(up.unsigned_abs())?;
            let bias = bias.checked_shl(bias_up.unsigned_abs())?;
            let product = self.interval.times(scale)?;
            let sum = product.plus(Interval::at(bias))?;
            self.magnitude = self.magnitude.max(product.magnitude()).max(bias.abs()).max(scale.abs());
            interval = Some(interval.map_or(sum, |all: Interval| all.join(sum)));
            *factor.get_mut(index)? = scale as f64;
            *summand.get_mut(index)? = bias as f64;
        }
        self.ops.push(Op::Channels { factor, summand });
        self.fractional = fractional;
        self.now(interval?);
        self.cast(channels.result)
    }

    /// Applies a function to every element.
    pub(crate) fn map(&mut self, map: &Map<'_>, input: Format) -> Option<()> {
        match map {
            Map::Cast(result) => self.cast(*result),
            Map::Relu(result) => {
                self.ops.push(Op::Relu);
                self.interval = Interval { low: self.interval.low.max(0), high: self.interval.high.max(0) };
                self.cast(*result)
            }
            Map::Function(function) => self.tabulate(*function, input),
        }
    }

    fn tabulate(&mut self, function: &dyn Function, input: Format) -> Option<()> {
        let Interval { low, high } = self.interval;
        if high - low >= MAX_TABLE {
            return None;
        }
        let mut log = Log::default();
        let values: Vec<Fixed> = (low..=high)
            .map(|raw| function.of(Fixed::from_raw(ethnum::I256::from(raw), input), &mut log))
            .collect();
        if log.is_faulty() {
            return None;
        }
        let values = Raws::of(&values)?;
        let interval = values.raws.iter().map(|&raw| Interval::at(raw)).reduce(Interval::join)?;
        let table = values.raws.iter().map(|&raw| raw as f64).collect();
        self.ops.push(Op::Table { low: low as f64, table });
        self.fractional = values.fractional;
        self.now(interval);
        Some(())
    }
}

/// Raw integers of numbers of one format.
pub(crate) struct Raws {
    pub(crate) raws: Vec<i128>,
    pub(crate) fractional: i32,
}

impl Raws {
    /// The raw integers, if the numbers have one format of at most 64 bits.
    pub(crate) fn of(numbers: &[Fixed]) -> Option<Self> {
        let format = numbers.first()?.format();
        let is_one = numbers.iter().all(|number| number.format() == format);
        (is_one && format.width <= 64).then(|| Self {
            raws: numbers.iter().map(|number| number.raw().as_i128()).collect(),
            fractional: format.fractional(),
        })
    }
}

/// A raw integer that lost its last bits.
fn cast_raw(raw: i128, shift: i32, mode: hls4rs_types::RoundingMode) -> i128 {
    let from = Format::fixed(200, 200 - shift);
    let to = Format::fixed(200, 200).with_modes(mode, SaturationMode::Wrap);
    Fixed::from_raw(ethnum::I256::from(raw), from).cast(to).raw().as_i128()
}
