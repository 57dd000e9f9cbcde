//! Products of data and weights: hls4ml's product selection.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{IntegerPrecision, Precision};

use crate::error::KernelError;

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
}

impl Product {
    /// The product that hls4ml selects for these precisions.
    pub(crate) fn select(data: &Precision, weight: &Precision) -> Result<Self, KernelError> {
        Ok(match (data, weight) {
            (_, Precision::Exponent(_)) => {
                return Err(KernelError::unsupported("weights that are powers of two are not supported yet"));
            }
            (Precision::Xnor, Precision::Xnor) => Self::BothBinary,
            (_, Precision::Xnor) => Self::WeightBinary,
            (Precision::Xnor, _) => Self::DataBinary,
            (_, Precision::Integer(IntegerPrecision { width: 2, signed: true })) => Self::WeightTernary,
            _ => Self::Mult,
        })
    }

    /// The product. Its format depends on the formats of the factors only.
    #[inline]
    pub(crate) fn of(self, data: Fixed, weight: Fixed) -> Fixed {
        match self {
            Self::Mult => data * weight,
            Self::BothBinary => Fixed::from_raw(i64::from(data == weight), data.format()),
            Self::WeightBinary => with_sign(data, !weight.is_zero()),
            Self::DataBinary => with_sign(weight, !data.is_zero()),
            Self::WeightTernary if weight.is_zero() => Fixed::zero(data.format().negated()),
            Self::WeightTernary => with_sign(data, weight.raw() != -1),
        }
    }
}

/// The number or its negative, in the format of the negative.
fn with_sign(value: Fixed, is_positive: bool) -> Fixed {
    if is_positive { value.cast(value.format().negated()) } else { -value }
}

/// The sum of a dense layer as it is cast to the result: with binary data and weights, twice the count of equal pairs minus
/// the number of pairs.
///
/// **Source:** `nnet::cast` in `nnet_mult.h`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FinalCast {
    binary: Option<(Fixed, Format)>,
}

impl FinalCast {
    /// The cast of a layer with `n_in` products per sum.
    pub(crate) fn new(data: Format, weight: Format, n_in: usize) -> Self {
        let binary = (data.is_binary() && weight.is_binary()).then(|| {
            let n_in = u32::try_from(n_in).unwrap_or(u32::MAX);
            (Fixed::uint(n_in), Format::int(ceil_log2(n_in) + 2))
        });
        Self { binary }
    }

    /// The sum as it is assigned to the result.
    #[inline]
    pub(crate) fn of(self, sum: Fixed) -> Fixed {
        match self.binary {
            None => sum,
            Some((n_in, format)) => (sum * Fixed::int(2) - n_in).cast(format),
        }
    }
}

/// The least `b` with `2^b ≥ n`.
pub(crate) fn ceil_log2(n: u32) -> u32 {
    n.max(1).next_power_of_two().trailing_zeros()
}
