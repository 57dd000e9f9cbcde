//! Integers as lanes: arithmetic modulo a power of two.

use std::fmt::Debug;

/// Raw integers that are multiplied and added: `i16` or `i32`. Every operation wraps.
pub(crate) trait Narrow: Copy + Default + Debug + Send + Sync + 'static {
    /// Integers of twice the width, which hold products.
    type Wide: Wide;
    /// The width.
    const BITS: u32;
    /// Most sums that are computed at a time.
    const TILE: usize;
    /// The low bits.
    fn of_i64(value: i64) -> Self;
    /// The low bits.
    fn of_i32(value: i32) -> Self;
    /// The low bits.
    fn of_wide(value: Self::Wide) -> Self;
    /// The same number.
    fn widen(self) -> Self::Wide;
    /// The magnitude, or one less for negative numbers.
    fn folded(self) -> i64;
    /// The number moved to the left.
    fn moved(self, by: u32) -> Self;
    /// The sum.
    fn plus(self, other: Self) -> Self;
    /// The low half of the product.
    fn low(self, other: Self) -> Self;
    /// The high half of the product.
    fn high(self, other: Self) -> Self;
    /// The product moved to the right by at most the width.
    fn middle(self, other: Self, by: u32) -> Self;
}

/// Raw integers of products and states: `i32` or `i64`. Every operation wraps.
pub(crate) trait Wide: Copy + Default + Debug + Ord + Send + Sync + 'static {
    /// The width.
    const BITS: u32;
    /// The low bits.
    fn of_i64(value: i64) -> Self;
    /// The low bits.
    fn to_i32(self) -> i32;
    /// The low bits.
    fn to_usize(self) -> usize;
    /// The sum.
    fn plus(self, other: Self) -> Self;
    /// The difference.
    fn minus(self, other: Self) -> Self;
    /// The product.
    fn times(self, other: Self) -> Self;
    /// The bits that both have.
    fn and(self, other: Self) -> Self;
    /// Moved to the left.
    fn left(self, by: u32) -> Self;
    /// Moved to the right.
    fn right(self, by: u32) -> Self;
    /// Moved to the right by a number of the same type.
    fn right_by(self, by: Self) -> Self;
}

macro_rules! integers {
    ($($narrow:ident, $wide:ident, $tile:literal, $middle:expr;)*) => {$(
        impl Narrow for $narrow {
            type Wide = $wide;
            const BITS: u32 = $narrow::BITS;
            const TILE: usize = $tile;
            #[inline(always)]
            fn of_i64(value: i64) -> Self { value as Self }
            #[inline(always)]
            fn of_i32(value: i32) -> Self { value as Self }
            #[inline(always)]
            fn of_wide(value: $wide) -> Self { value as Self }
            #[inline(always)]
            fn widen(self) -> $wide { $wide::from(self) }
            #[inline(always)]
            fn folded(self) -> i64 { i64::from(self ^ (self >> ($narrow::BITS - 1))) }
            #[inline(always)]
            fn moved(self, by: u32) -> Self { self.wrapping_shl(by) }
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn low(self, other: Self) -> Self { self.wrapping_mul(other) }
            #[inline(always)]
            fn high(self, other: Self) -> Self {
                (($wide::from(self) * $wide::from(other)) >> $narrow::BITS) as Self
            }
            #[inline(always)]
            fn middle(self, other: Self, by: u32) -> Self { $middle(self, other, by) }
        }

        impl Wide for $wide {
            const BITS: u32 = $wide::BITS;
            #[inline(always)]
            fn of_i64(value: i64) -> Self { value as Self }
            #[inline(always)]
            fn to_i32(self) -> i32 { self as i32 }
            #[inline(always)]
            fn to_usize(self) -> usize { self as usize }
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn minus(self, other: Self) -> Self { self.wrapping_sub(other) }
            #[inline(always)]
            fn times(self, other: Self) -> Self { self.wrapping_mul(other) }
            #[inline(always)]
            fn and(self, other: Self) -> Self { self & other }
            #[inline(always)]
            fn left(self, by: u32) -> Self { self.wrapping_shl(by) }
            #[inline(always)]
            fn right(self, by: u32) -> Self { self.wrapping_shr(by) }
            #[inline(always)]
            fn right_by(self, by: Self) -> Self { self.wrapping_shr(by as u32) }
        }
    )*};
}

integers! {
    // both halves, because lanes of 16 bits have no wider product
    i16, i32, 128, |x: i16, w: i16, by: u32| {
        let low = x.wrapping_mul(w).cast_unsigned().unbounded_shr(by);
        x.high(w).unbounded_shl(16 - by) | low.cast_signed()
    };
    i32, i64, 64, |x: i32, w: i32, by: u32| (i64::from(x) * i64::from(w)).wrapping_shr(by) as i32;
}
