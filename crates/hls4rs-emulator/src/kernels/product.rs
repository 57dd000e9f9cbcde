//! Products of data and weights: hls4ml's product selection.

use hls4rs_backend::{Family, Vendor};
use hls4rs_fixed::{Fixed, Format, MAX_WIDTH};
use hls4rs_types::{IntegerPrecision, Precision};

/// How data and weight are multiplied.
///
/// **Source:** `FPGABackend.product_type` of `hls4ml.backends.fpga.fpga_backend`, `nnet_mult.h`, hls4ml 1.3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    /// An ordinary product.
    Mult,
    /// Data and weight are ±1: whether they are equal.
    BothBinary,
    /// The weight is ±1.
    WeightBinary,
    /// The data is ±1.
    DataBinary,
    /// The weight is −1, 0 or 1.
    WeightTernary,
    /// The weight is a power of two, and its exponent moves the data within this format, at most so far to the left.
    WeightExponential(Format, i32),
}

impl Product {
    /// The product that hls4ml selects for data and weights of these precisions.
    pub(crate) fn select(vendor: Vendor, data: (&Precision, Format), weight: &Precision) -> Self {
        let (precision, format) = data;
        match (precision, weight) {
            (_, Precision::Exponent(exponent)) => {
                let (format, most) = moved_format(vendor, format, exponent.width);
                Self::WeightExponential(format, most)
            }
            (Precision::Xnor, Precision::Xnor) => Self::BothBinary,
            (_, Precision::Xnor) => Self::WeightBinary,
            (Precision::Xnor, _) => Self::DataBinary,
            (_, Precision::Integer(IntegerPrecision { width: 2, signed: true })) => Self::WeightTernary,
            _ => Self::Mult,
        }
    }

    /// The product. Its format depends on the formats of the factors only.
    #[inline]
    pub(crate) fn of(self, data: Fixed, weight: Weight) -> Fixed {
        let Weight { value, is_positive } = weight;
        match self {
            Self::Mult => data * value,
            Self::BothBinary => Fixed::from_raw(i64::from(data == value), data.format()),
            Self::WeightBinary => with_sign(data, !value.is_zero()),
            Self::DataBinary => with_sign(value, !data.is_zero()),
            Self::WeightTernary if value.is_zero() => Fixed::zero(data.format().negated()),
            Self::WeightTernary => with_sign(data, value.raw() != -1),
            Self::WeightExponential(_, most) if value.to_int() > most => Fixed::zero(TOO_WIDE),
            Self::WeightExponential(format, _) => {
                let moved = data.cast(format).shift_left(value.to_int());
                if is_positive { moved } else { (-moved).cast(format) }
            }
        }
    }
}

/// A weight: its number, or, of powers of two, the exponent and the sign.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    /// The number, or the exponent.
    pub(crate) value: Fixed,
    /// The sign of a power of two.
    pub(crate) is_positive: bool,
}

impl From<Fixed> for Weight {
    fn from(value: Fixed) -> Self {
        Self { value, is_positive: true }
    }
}

/// The format of a product that cannot be computed with.
const TOO_WIDE: Format = Format::fixed(MAX_WIDTH + 1, 0);

/// The format in which data is multiplied by powers of two whose exponents have `width` bits, and the largest exponent
/// there is room for.
///
/// Bits that leave it are lost. Catapult's holds every shift.
///
/// **Limits:** Catapult's may be wider than can be computed with. It is narrower here then: what is lost on the right is less
/// than any type of a model tells apart, and a product that has no room on the left is too wide.
fn moved_format(vendor: Vendor, data: Format, width: u32) -> (Format, i32) {
    if vendor == Vendor::Catapult {
        // the factor has a bit for the sign, the product another one, and so has its negative
        let room = MAX_WIDTH.saturating_sub(data.width + 3) / 2;
        let most = ((1u32 << (width.clamp(1, 16) - 1)) - 1).min(room);
        let factor = Format::int(most).sum(Format::fixed(most, 0));
        return (data.product(factor), most.cast_signed());
    }
    let half = width + data.width;
    (Format::fixed(2 * half, half.cast_signed()), i32::MAX)
}

/// The number or its negative, in the format of the negative.
fn with_sign(value: Fixed, is_positive: bool) -> Fixed {
    if is_positive { value.cast(value.format().negated()) } else { -value }
}

/// The sum of products as it is assigned to the result: with binary data and weights, twice the count of equal pairs
/// minus the number of pairs.
///
/// Quartus halves the number of pairs first, as integers, so that an odd number counts as one less.
///
/// **Source:** `nnet::cast` in `nnet_mult.h`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FinalCast {
    binary: Option<(Fixed, Format)>,
}

impl FinalCast {
    /// The sum itself.
    pub(crate) const NONE: Self = Self { binary: None };

    /// The cast of a layer with `n_in` products per sum.
    pub(crate) fn new(vendor: Vendor, data: Format, weight: Format, n_in: usize) -> Self {
        let binary = (data.is_binary() && weight.is_binary()).then(|| {
            let n_in = u32::try_from(n_in).unwrap_or(u32::MAX);
            let pairs = if vendor == Vendor::Quartus { n_in / 2 * 2 } else { n_in };
            // C++ counts one bit for a single pair
            let bits = ceil_log2(n_in).max(1) + 2;
            // `to_ac_int` drops a fraction that the bias may have, `ap_int` truncates it towards zero
            let format = match vendor.family() {
                Family::Ap => Format::int(bits),
                Family::Ac => Format::fixed(bits, bits.cast_signed()),
            };
            (Fixed::uint(pairs), format)
        });
        Self { binary }
    }

    /// Whether sums are assigned to the result as they are.
    pub(crate) fn is_none(&self) -> bool {
        self.binary.is_none()
    }

    /// Whether the sum is assigned as it is.
    pub(crate) fn is_plain(&self) -> bool {
        self.binary.is_none()
    }

    /// The sum as it is assigned to the result.
    #[inline]
    pub(crate) fn of(self, sum: Fixed) -> Fixed {
        match self.binary {
            None => sum,
            Some((pairs, format)) => (sum * Fixed::int(2) - pairs).cast(format),
        }
    }
}

/// The least `b` with `2^b ≥ n`.
pub(crate) fn ceil_log2(n: u32) -> u32 {
    n.max(1).next_power_of_two().trailing_zeros()
}
