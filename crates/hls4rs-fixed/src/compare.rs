//! Comparisons as C++ does them, which are not always those of the values.

use std::cmp::Ordering;

use ethnum::I256;

use crate::int::Int;
use crate::{Family, Fixed};

/// What `<`, `==` and `>` give in C++. `>=` is the opposite of `<`, `!=` that of `==`, `<=` that of `>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// `<`.
    pub is_less: bool,
    /// `==`.
    pub is_equal: bool,
    /// `>`.
    pub is_greater: bool,
}

impl From<Ordering> for Comparison {
    fn from(order: Ordering) -> Self {
        Self {
            is_less: order == Ordering::Less,
            is_equal: order == Ordering::Equal,
            is_greater: order == Ordering::Greater,
        }
    }
}

impl Fixed {
    /// The comparison with another number as C++ does it.
    ///
    /// It is that of the values, and the same as Rust's operators give, unless one of two `ap_` numbers is signed and
    /// negative, the other one unsigned and, with the same number of fractional bits, at least as wide, and one of both
    /// has 32 bits or more. Then the negative number is the larger one, as in C++ with its own integers; it may also be
    /// equal, if both have the same bits.
    ///
    /// **Source:** `OP_CMP_AF` in `ap_fixed_base.h`; the relational operators of both forms of `ap_private`. Those of `ac_fixed`
    /// and `ac_int` compare values.
    #[must_use]
    pub fn compare(self, other: Self) -> Comparison {
        let by_value = Comparison::from(self.cmp(&other));
        if self.format.family == Family::Ac || other.format.family == Family::Ac {
            return by_value;
        }
        let (width, other_width) = aligned_widths(self, other);
        if self.format.signed == other.format.signed || width.max(other_width) < 32 {
            return by_value;
        }
        let (signed, signed_width, unsigned, unsigned_width) = if self.format.signed {
            (self, width, other, other_width)
        } else {
            (other, other_width, self, width)
        };
        if !signed.is_negative() || signed_width > unsigned_width {
            return by_value;
        }
        // of the same width and less than 64 bits, `==` extends both to 64 bits, each with its sign
        let can_be_equal = signed_width != unsigned_width || unsigned_width >= 64;
        Comparison {
            is_less: !self.format.signed,
            is_equal: can_be_equal && have_same_bits(signed, unsigned, unsigned_width),
            is_greater: self.format.signed,
        }
    }
}

/// Widths of the raw integers that are compared. The left one is one bit wider where it gets more fractional bits.
fn aligned_widths(left: Fixed, right: Fixed) -> (u32, u32) {
    let shift = left.format.fractional() - right.format.fractional();
    let by = shift.unsigned_abs();
    match shift {
        0 => (left.format.width, right.format.width),
        1.. => (left.format.width, right.format.width.saturating_add(by)),
        _ => (left.format.width.saturating_add(by + 1), right.format.width),
    }
}

/// Whether a negative number and an unsigned one have the same low bits, as many as `width`, once they are aligned.
fn have_same_bits(signed: Fixed, unsigned: Fixed, width: u32) -> bool {
    let shift = signed.format.fractional() - unsigned.format.fractional();
    let by = shift.unsigned_abs();
    if width > I256::MAX_SHIFT || by > I256::MAX_SHIFT {
        return false;
    }
    let difference = if shift < 0 {
        (signed.raw << by).wrapping_sub(unsigned.raw)
    } else {
        signed.raw.wrapping_sub(unsigned.raw << by)
    };
    difference.low_bits(width) == I256::ZERO
}
