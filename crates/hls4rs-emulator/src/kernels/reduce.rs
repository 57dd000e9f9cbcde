//! The maximum or the mean of the values of a window.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{RoundingMode, SaturationMode};

use super::assignment;
use super::product::ceil_log2;
use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::log::{Log, Slot};

/// How C++ reduces the values of a window to one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reduce {
    /// The largest value.
    Max(Maximum),
    /// The sum divided by a number.
    Mean(Mean),
}

/// The largest value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Maximum {
    /// What the values are compared with.
    first: Option<Fixed>,
    /// What each value is assigned to before it is compared.
    each: Option<Slot>,
    /// What each value is assigned to after it was found to be larger.
    larger: Option<Slot>,
    /// What the largest value is assigned to.
    last: Option<Slot>,
}

/// The sum divided by a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mean {
    /// What each value is assigned to before it is added.
    each: Option<Slot>,
    sum: Slot,
    /// Whether halves are summed first.
    is_tree: bool,
    /// Whether the divisor is a C++ `unsigned`, not an `int`.
    is_unsigned: bool,
    quotient: Option<Slot>,
    /// What the quotient is assigned to.
    last: Option<Slot>,
}

/// The kinds of poolings that reduce values in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Windows, or all pixels, of an array.
    Array,
    /// Windows of a stream.
    StreamWindow,
    /// All pixels of a stream.
    WholeStream,
}

impl Reduce {
    /// How the layer's operation is computed for windows of `size` values.
    ///
    /// **Precision:** Vivado and Vitis sum and divide in `accum_t`. Quartus and Catapult sum arrays in a type wide enough if
    /// the data is signed, truncates and wraps, else in the type of the data itself, and know `accum_t` for all pixels of
    /// streams only. With streams Catapult sums in the type of the data with the line buffer, in `accum_t` if encoded.
    ///
    /// **Source:** `nnet_pooling.h`, `nnet_pooling_stream.h`.
    pub(crate) fn select(context: &mut Context<'_>, place: Place, size: usize) -> Result<Self, KernelError> {
        let vendor = support::templates(context)?;
        let data = context.input()?.format;
        let is_max = match context.text("pool_op", "").as_str() {
            "max" => true,
            "average" => false,
            other => {
                return Err(KernelError::unsupported(format!(
                    "`pool_op`: expected max or average, found `{other}`"
                )));
            }
        };
        let result = context.output()?.format;
        if place == Place::WholeStream {
            let accum = context.type_slot("accum_t")?;
            assignment::check(context.family(), data, accum.format)?;
            assignment::check(context.family(), accum.format, result)?;
            return Ok(if is_max {
                Self::running_max(vendor, accum)?
            } else {
                Self::running_mean(vendor, accum)
            });
        }
        let is_encoded = context.text("implementation", "linebuffer") == "encoded";
        assignment::check(context.family(), data, result)?;
        let is_accumulated = support::is_like_vivado(vendor);
        Ok(match (place, is_max) {
            (Place::Array, _) if is_accumulated => Self::in_accumulator(context, is_max)?,
            (Place::StreamWindow, _) if vendor != Vendor::Quartus => {
                let has_accum = is_accumulated || is_encoded;
                let slot = if has_accum { context.type_slot("accum_t")? } else { context.slot("pool", data) };
                Self::by_halves(slot, is_max)
            }
            (_, true) => Self::Max(Maximum::default()),
            (_, false) => Self::in_own_type(context, data, size),
        })
    }

    /// `pool_op` of Vivado.
    fn in_accumulator(context: &mut Context<'_>, is_max: bool) -> Result<Self, KernelError> {
        let accum = context.type_slot("accum_t")?;
        if is_max {
            return Ok(Self::Max(Maximum { last: Some(accum), ..Maximum::default() }));
        }
        let quotient = Some(accum);
        Ok(Self::Mean(Mean {
            each: None,
            sum: accum,
            is_tree: false,
            is_unsigned: true,
            quotient,
            last: None,
        }))
    }

    /// `reduce_pool` of Vivado and Catapult.
    fn by_halves(slot: Slot, is_max: bool) -> Self {
        let each = Some(slot);
        if is_max {
            return Self::Max(Maximum { each, ..Maximum::default() });
        }
        Self::Mean(Mean { each, sum: slot, is_tree: true, is_unsigned: false, quotient: each, last: None })
    }

    /// `avg` of Quartus and Catapult.
    fn in_own_type(context: &mut Context<'_>, data: Format, size: usize) -> Self {
        let bits = ceil_log2(u32::try_from(size).unwrap_or(u32::MAX)).max(1);
        let is_plain =
            data.is_int || data.rounding == RoundingMode::Trn && data.saturation == SaturationMode::Wrap;
        let (sum, last) = if data.signed && is_plain {
            let wide =
                Format { width: data.width + bits, integer: data.integer + bits.cast_signed(), ..data };
            (context.slot("accum", wide), Some(context.slot("pool", data)))
        } else {
            (context.slot("pool", data), None)
        };
        let quotient = Some(sum);
        Self::Mean(Mean { each: None, sum, is_tree: false, is_unsigned: false, quotient, last })
    }

    /// `reduce_global_pool`.
    ///
    /// Quartus begins with the highest bit set, which for types without sign is not the least value.
    fn running_max(vendor: Vendor, accum: Slot) -> Result<Self, KernelError> {
        let format = accum.format;
        if vendor == Vendor::Quartus {
            let first = Some(highest_bit(format));
            return Ok(Self::Max(Maximum { first, larger: Some(accum), ..Maximum::default() }));
        }
        if support::is_like_vivado(vendor) && format.saturation_bits > 0 {
            return Err(KernelError::unsupported(
                "`accum_t`: its least value is not defined with saturation bits",
            ));
        }
        let is_symmetric = vendor == Vendor::Catapult && format.saturation == SaturationMode::SatSym;
        let first = Some(if is_symmetric && format.signed {
            (-Fixed::max(format)).cast(format)
        } else {
            Fixed::min(format)
        });
        Ok(Self::Max(Maximum { first, each: Some(accum), ..Maximum::default() }))
    }

    fn running_mean(vendor: Vendor, accum: Slot) -> Self {
        let each = (vendor != Vendor::Quartus).then_some(accum);
        Self::Mean(Mean { each, sum: accum, is_tree: false, is_unsigned: true, quotient: None, last: None })
    }

    /// Whether it is a mean.
    pub(crate) fn is_mean(&self) -> bool {
        matches!(self, Self::Mean(_))
    }

    /// For a maximum whose values are assigned to one type at most: this type, or none if to no type at all.
    pub(crate) fn only_type(&self) -> Option<Option<Format>> {
        let Self::Max(Maximum { first: None, each, larger: None, last }) = self else { return None };
        match (each, last) {
            (Some(slot), None) | (None, Some(slot)) => Some(Some(slot.format)),
            (None, None) => Some(None),
            (Some(_), Some(_)) => None,
        }
    }

    /// The value of padding: zero, or for the maximum the number with the highest bit set, which for types without sign is
    /// not the least one.
    pub(crate) fn padding(&self, data: Format) -> Fixed {
        if self.is_mean() { Fixed::zero(data) } else { highest_bit(data) }
    }

    /// The value for a window, of which the mean is the sum divided by `divisor`.
    #[inline]
    pub(crate) fn of(&self, values: &[Fixed], divisor: u32, log: &mut Log) -> Fixed {
        match self {
            Self::Max(maximum) => maximum.of(values, log),
            Self::Mean(mean) => mean.of(values, divisor, log),
        }
    }
}

/// The number of which only the highest bit is set.
fn highest_bit(format: Format) -> Fixed {
    Fixed::from_raw(hls4rs_fixed::I256::ONE << (format.width - 1), format)
}

fn assign(slot: Option<Slot>, value: Fixed, log: &mut Log) -> Fixed {
    slot.map_or(value, |slot| slot.assign(value, log))
}

impl Maximum {
    fn of(&self, values: &[Fixed], log: &mut Log) -> Fixed {
        let mut largest = self.first;
        for &value in values {
            let value = assign(self.each, value, log);
            if largest.is_none_or(|largest| value > largest) {
                largest = Some(assign(self.larger, value, log));
            }
        }
        assign(self.last, largest.unwrap_or(Fixed::int(0)), log)
    }
}

impl Mean {
    fn of(&self, values: &[Fixed], divisor: u32, log: &mut Log) -> Fixed {
        let sum = if self.is_tree { self.tree(values, log) } else { self.sequence(values, log) };
        let divisor = if self.is_unsigned { Fixed::uint(divisor) } else { Fixed::int(divisor.cast_signed()) };
        let quotient = assign(self.quotient, sum / divisor, log);
        assign(self.last, quotient, log)
    }

    fn sequence(&self, values: &[Fixed], log: &mut Log) -> Fixed {
        let mut sum = Fixed::zero(self.sum.format);
        for &value in values {
            let value = assign(self.each, value, log);
            sum = self.sum.assign(sum + value, log);
        }
        sum
    }

    /// The sum of the first part and of the rest, the first being the largest power of two below the number of values.
    fn tree(&self, values: &[Fixed], log: &mut Log) -> Fixed {
        match values {
            [] => Fixed::zero(self.sum.format),
            [value] => assign(self.each, *value, log),
            _ => {
                let (first, rest) = values.split_at(values.len().next_power_of_two() / 2);
                let sum = self.tree(first, log) + self.tree(rest, log);
                self.sum.assign(sum, log)
            }
        }
    }
}
