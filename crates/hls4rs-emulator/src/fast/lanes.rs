//! Floating-point numbers as lanes of integers.

use std::ops::{Add, Mul, Neg, Sub};

/// `f32` or `f64`.
pub(crate) trait Lane:
    Copy
    + Default
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + std::fmt::Debug
    + Send
    + Sync
    + 'static
{
    /// Magnitudes up to this are exact, also with a half added.
    const LIMIT: i128;
    /// An `i32`, which must be within the limit.
    fn of_i32(value: i32) -> Self;
    /// An `i64`, which must be within the limit.
    fn of_i64(value: i64) -> Self;
    /// A number that has few enough bits.
    fn of_f64(value: f64) -> Self;
    /// The same number.
    fn to_f64(self) -> f64;
    /// The product with a power of two, rounded to the nearest number; never −0.
    fn scaled_f32(self, scale: Self) -> f32;
    /// The product with a power of two; never −0.
    fn scaled_f64(self, scale: Self) -> f64;
    /// The integer.
    fn to_i32(self) -> i32;
    /// The integer.
    fn to_i64(self) -> i64;
    /// The largest integer not above.
    fn floor(self) -> Self;
    /// The smallest integer not below.
    fn ceil(self) -> Self;
    /// Without its fraction.
    fn trunc(self) -> Self;
    /// The nearest integer, ties to even.
    fn round_ties_even(self) -> Self;
    /// The larger one.
    fn larger(self, other: Self) -> Self;
    /// The smaller one.
    fn smaller(self, other: Self) -> Self;
    /// `self · factor + summand`, in one instruction.
    fn fused(self, factor: Self, summand: Self) -> Self;
}

/// The sum with it has the integer in its low bits.
const MAGIC: f64 = 1.5 * (1u64 << 52) as f64;

/// The integer that a number is, for magnitudes below 2^51; quicker than a cast, which also looks for other numbers.
#[inline(always)]
fn integer(value: f64) -> i64 {
    (value + MAGIC).to_bits().cast_signed().wrapping_sub(MAGIC.to_bits().cast_signed())
}

macro_rules! lane {
    ($($float:ident, $bits:literal, $to_i32:expr, $to_i64:expr;)*) => {$(
        impl Lane for $float {
            const LIMIT: i128 = 1 << $bits;
            #[inline(always)]
            fn of_i32(value: i32) -> Self { value as Self }
            #[inline(always)]
            fn of_i64(value: i64) -> Self { value as Self }
            #[inline(always)]
            fn of_f64(value: f64) -> Self { value as Self }
            #[inline(always)]
            fn to_f64(self) -> f64 { f64::from(self) }
            #[inline(always)]
            fn scaled_f32(self, scale: Self) -> f32 { (self * scale) as f32 + 0.0 }
            #[inline(always)]
            fn scaled_f64(self, scale: Self) -> f64 { f64::from(self * scale) + 0.0 }
            #[inline(always)]
            fn to_i32(self) -> i32 { $to_i32(self) }
            #[inline(always)]
            fn to_i64(self) -> i64 { $to_i64(self) }
            #[inline(always)]
            fn floor(self) -> Self { $float::floor(self) }
            #[inline(always)]
            fn ceil(self) -> Self { $float::ceil(self) }
            #[inline(always)]
            fn trunc(self) -> Self { $float::trunc(self) }
            #[inline(always)]
            fn round_ties_even(self) -> Self { $float::round_ties_even(self) }
            #[inline(always)]
            fn larger(self, other: Self) -> Self { if self > other { self } else { other } }
            #[inline(always)]
            fn smaller(self, other: Self) -> Self { if self < other { self } else { other } }
            #[inline(always)]
            fn fused(self, factor: Self, summand: Self) -> Self { self.mul_add(factor, summand) }
        }
    )*};
}

lane! {
    f32, 23, |value| value as i32, |value| value as i64;
    f64, 51, |value| integer(value) as i32, integer;
}
