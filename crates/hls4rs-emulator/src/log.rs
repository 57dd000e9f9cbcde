//! What values lost on their way: the ledger.

use hls4rs_fixed::{Fixed, Format, MAX_WIDTH};

/// A type of a layer that values are assigned to: its result, its accumulator, a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// The type.
    pub(crate) format: Format,
    /// Number of its entry in the ledger.
    pub(crate) id: usize,
}

/// Where kernels report every assignment.
///
/// Without a ledger, nothing is noted.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) ledger: Option<Ledger>,
    pub(crate) sample: usize,
    /// Whether a number was too wide to be computed with.
    pub(crate) too_wide: bool,
    /// Whether C++ does something that is not defined, as reading outside of a table.
    pub(crate) is_undefined: bool,
}

/// Per type of each layer, what happened to the values that were assigned to it.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The entries, in order of layers.
    pub entries: Vec<LedgerEntry>,
}

/// What happened to the values that were assigned to one type.
#[derive(Debug, Clone)]
pub struct LedgerEntry {
    /// Name of the layer.
    pub layer: String,
    /// The type's place in the layer: `result`, `accum`, …
    pub slot: String,
    /// The type.
    pub format: Format,
    /// Number of values.
    pub values: u64,
    /// Values whose high bits were dropped.
    pub wrapped: u64,
    /// Values that were replaced by the largest or smallest one.
    pub saturated: u64,
    /// Values that lost bits on the right.
    pub rounded: u64,
    /// First sample in which a value wrapped or saturated.
    pub first_sample: Option<usize>,
    /// The value of largest magnitude, before it was assigned.
    pub largest: f64,
    /// Integer bits, sign included if the type has one, that would have sufficed for all values.
    pub sufficient_integer_bits: i32,
}

impl Slot {
    /// The value as the type holds it.
    #[inline]
    pub(crate) fn assign(self, value: Fixed, log: &mut Log) -> Fixed {
        if value.is_too_wide() {
            log.too_wide = true;
        }
        match &mut log.ledger {
            None => value.cast(self.format),
            Some(ledger) => ledger.note(self, value, log.sample),
        }
    }
}

impl Log {
    /// Whether a result is not to be trusted.
    pub(crate) fn is_faulty(&self) -> bool {
        self.too_wide || self.is_undefined
    }
}

impl LedgerEntry {
    pub(crate) fn new(layer: &str, slot: &str, format: Format) -> Self {
        Self {
            layer: layer.to_owned(),
            slot: slot.to_owned(),
            format,
            values: 0,
            wrapped: 0,
            saturated: 0,
            rounded: 0,
            first_sample: None,
            largest: 0.0,
            sufficient_integer_bits: i32::MIN,
        }
    }

    /// Total width that would have sufficed for all values, with the fractional bits that the type has.
    #[must_use]
    pub fn sufficient_width(&self) -> i32 {
        self.sufficient_integer_bits.saturating_add(self.format.fractional()).max(1)
    }

    /// Adds what another run over other samples noted.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.values += other.values;
        self.wrapped += other.wrapped;
        self.saturated += other.saturated;
        self.rounded += other.rounded;
        self.first_sample = match (self.first_sample, other.first_sample) {
            (Some(first), Some(second)) => Some(first.min(second)),
            (first, second) => first.or(second),
        };
        if other.largest.abs() > self.largest.abs() {
            self.largest = other.largest;
        }
        self.sufficient_integer_bits = self.sufficient_integer_bits.max(other.sufficient_integer_bits);
    }
}

impl Ledger {
    fn note(&mut self, slot: Slot, value: Fixed, sample: usize) -> Fixed {
        let (result, loss) = value.cast_noting(slot.format);
        let Some(entry) = self.entries.get_mut(slot.id) else { return result };
        entry.values += 1;
        entry.wrapped += u64::from(loss.wrapped);
        entry.saturated += u64::from(loss.saturated);
        entry.rounded += u64::from(loss.rounded);
        if (loss.wrapped || loss.saturated) && entry.first_sample.is_none() {
            entry.first_sample = Some(sample);
        }
        let real = value.to_f64();
        if real.abs() > entry.largest.abs() {
            entry.largest = real;
        }
        let bits = integer_bits(rounded(value, slot.format), slot.format.signed);
        entry.sufficient_integer_bits = entry.sufficient_integer_bits.max(bits);
        result
    }

    /// Adds what another run over other samples noted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (entry, more) in self.entries.iter_mut().zip(&other.entries) {
            entry.merge(more);
        }
    }
}

/// The value with the fractional bits of a format, rounded as it says, which may need an integer bit more.
fn rounded(value: Fixed, format: Format) -> Fixed {
    let integer = MAX_WIDTH.cast_signed() - format.fractional();
    value.cast(Format { width: MAX_WIDTH, integer, saturation_bits: 0, ..format })
}

/// Integer bits that hold the value, sign included for signed types.
fn integer_bits(value: Fixed, signed: bool) -> i32 {
    let raw = value.raw();
    let magnitude = if value.is_negative() { !raw } else { raw };
    let used = 256 - magnitude.leading_zeros().cast_signed();
    let sign = i32::from(signed || value.is_negative());
    used - value.format().fractional() + sign
}
