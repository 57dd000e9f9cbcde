//! What passes ask of precisions.

use hls4rs_graph::PassError;
use hls4rs_types::{FixedPrecision, Precision};

/// Whether hls4ml takes two precisions for equal, the first one being asked.
///
/// **Source:** the `__eq__` methods in `hls4ml.model.types`, hls4ml 1.3.0. Fixed-point numbers, integers and `ac_float`s
/// equal only their like. Types without a method of their own (Xnor, exponents, `auto`) compare bits and sign with
/// anything, so that Xnor equals `uint<1>`, though `uint<1>` does not equal Xnor. An IEEE-like floating-point number asks
/// whether the other one is an `ac_float`, so that `float` does not even equal itself.
pub(crate) fn is_equal(this: Precision, other: Precision) -> bool {
    let alike = this.width() == other.width() && this.is_signed() == other.is_signed();
    match (this, other) {
        (Precision::Integer(_) | Precision::Fixed(_) | Precision::Float(_), _) => this == other,
        (Precision::StandardFloat(this), Precision::Float(other)) => alike && this.exponent == other.exponent,
        (Precision::StandardFloat(_), _) => false,
        (Precision::Xnor | Precision::Exponent(_) | Precision::Unspecified, _) => alike,
    }
}

/// Bits of a fixed-point number or an integer, wide enough for sums of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bits {
    /// All bits.
    pub(crate) width: i64,
    /// Bits left of the point, sign included.
    pub(crate) integer: i64,
    /// Whether negative values exist.
    pub(crate) signed: bool,
}

impl Bits {
    /// The bits of a fixed-point number or an integer, and of nothing else.
    pub(crate) fn of(precision: Precision) -> Option<Self> {
        match precision {
            Precision::Integer(_) | Precision::Fixed(_) => precision.to_fixed().map(Self::of_fixed),
            _ => None,
        }
    }

    /// The bits of a fixed-point number.
    pub(crate) fn of_fixed(fixed: FixedPrecision) -> Self {
        Self { width: fixed.width.into(), integer: fixed.integer.into(), signed: fixed.signed }
    }

    /// Bits right of the point.
    pub(crate) fn fractional(self) -> i64 {
        self.width - self.integer
    }

    /// Bits left of the point once there is a sign bit, if the other one brings one.
    pub(crate) fn integer_beside(self, other: Self) -> i64 {
        self.integer + i64::from(other.signed && !self.signed)
    }

    /// Enough for the sum of both.
    pub(crate) fn sum(self, other: Self) -> Self {
        let integer = self.integer_beside(other).max(other.integer_beside(self)) + 1;
        let width = integer + self.fractional().max(other.fractional());
        Self { width, integer, signed: self.signed || other.signed }
    }

    /// Enough for the product of both.
    pub(crate) fn product(self, other: Self) -> Self {
        let (width, integer) = (self.width + other.width, self.integer + other.integer);
        Self { width, integer, signed: self.signed || other.signed }
    }

    /// Enough for either.
    pub(crate) fn union(self, other: Self) -> Self {
        let integer = self.integer_beside(other).max(other.integer_beside(self));
        let width = integer + self.fractional().max(other.fractional());
        Self { width, integer, signed: self.signed || other.signed }
    }

    /// More bits left of the point.
    pub(crate) fn grown(self, bits: i64) -> Self {
        Self { width: self.width + bits, integer: self.integer + bits, ..self }
    }

    /// At most as many bits, and as many left of the point, as the limit has.
    pub(crate) fn limited(self, limit: Option<Self>) -> Self {
        let Some(limit) = limit else { return self };
        Self { width: self.width.min(limit.width), integer: self.integer.min(limit.integer), ..self }
    }

    /// The fixed-point number with these bits, which truncates and wraps.
    ///
    /// # Errors
    /// If there is no bit, or are more than can be counted.
    pub(crate) fn into_fixed(self) -> Result<FixedPrecision, PassError> {
        match (u32::try_from(self.width), i32::try_from(self.integer)) {
            (Ok(width @ 1..), Ok(integer)) => Ok(FixedPrecision::new(width, integer, self.signed)),
            _ => Err(PassError::unsupported(
                "a precision with at least one bit",
                format_args!("one of {} bits, {} of them left of the point", self.width, self.integer),
                "set the precisions of the layer in the configuration",
            )),
        }
    }
}

/// Bits that a sum of `n` numbers may need more than each of them.
///
/// # Errors
/// If there are none to be summed.
pub(crate) fn bits_of_sum(n: i64) -> Result<i64, PassError> {
    match n {
        1 => Ok(0),
        2.. => Ok(i64::from((n - 1).ilog2()) + 1),
        _ => Err(PassError::unsupported(
            "at least one number to be summed",
            n,
            "set the precisions of the layer in the configuration",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn precision(text: &str) -> Precision {
        text.parse().unwrap()
    }

    #[test]
    fn equality_is_that_of_hls4ml() {
        assert!(is_equal(precision("fixed<8,3>"), precision("fixed<8,3>")));
        assert!(!is_equal(precision("fixed<8,3>"), precision("fixed<8,3,RND>")));
        assert!(!is_equal(precision("fixed<8,8>"), precision("int<8>")));
        assert!(is_equal(Precision::Xnor, precision("uint<1>")));
        assert!(!is_equal(precision("uint<1>"), Precision::Xnor));
        assert!(is_equal(Precision::Unspecified, Precision::Unspecified));
        assert!(!is_equal(Precision::Unspecified, precision("fixed<16,6>")));
        assert!(!is_equal(precision("float"), precision("float")));
    }

    #[test]
    fn sums_and_products_hold_what_they_may() {
        let bits = |text| Bits::of(precision(text)).unwrap();
        assert_eq!(bits("fixed<8,3>").sum(bits("ufixed<6,4>")), bits("fixed<11,6>"));
        assert_eq!(bits("ufixed<8,3>").product(bits("int<2>")), bits("fixed<10,5>"));
        assert_eq!(bits("ufixed<8,3>").union(bits("fixed<6,1>")), bits("fixed<9,4>"));
        assert_eq!(bits("fixed<8,3>").limited(Some(bits("fixed<6,4>"))), bits("fixed<6,3>"));
        assert_eq!(Bits::of(Precision::Xnor), None);
        assert_eq!([1, 2, 3, 4, 5, 1024].map(|n| bits_of_sum(n).unwrap()), [0, 1, 2, 2, 3, 10]);
        assert!(bits_of_sum(0).is_err());
        assert!(
            bits("fixed<8,3>")
                .limited(Some(Bits { width: 0, integer: 0, signed: true }))
                .into_fixed()
                .is_err()
        );
    }
}
