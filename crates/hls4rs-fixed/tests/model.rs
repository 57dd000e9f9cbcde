//! Every operator against a naive model: integers of any size, and fractions of them.

use std::cmp::Ordering;

use hls4rs_fixed::{Family, Fixed, Format, I256};
use hls4rs_types::{RoundingMode, SaturationMode};
use num_bigint::{BigInt, Sign};
use proptest::prelude::*;

/// A fraction whose denominator is a power of two.
#[derive(Debug, Clone)]
struct Value {
    numerator: BigInt,
    /// The denominator is two to the power of it; negative ones are allowed.
    exponent: i64,
}

impl Value {
    fn of(number: Fixed) -> Self {
        Self { numerator: big(number.raw()), exponent: number.format().fractional().into() }
    }

    /// The numerator over a denominator whose exponent is not smaller.
    fn over(&self, exponent: i64) -> BigInt {
        &self.numerator << u64::try_from(exponent - self.exponent).unwrap_or_default()
    }

    fn combine(&self, other: &Self, operator: impl Fn(BigInt, BigInt) -> BigInt) -> Self {
        let exponent = self.exponent.max(other.exponent);
        Self { numerator: operator(self.over(exponent), other.over(exponent)), exponent }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.max(other.exponent);
        self.over(exponent).cmp(&other.over(exponent))
    }

    fn is(&self, number: Fixed) -> bool {
        self.compare(&Self::of(number)) == Ordering::Equal
    }

    /// The largest integer that is not larger, and how what is left compares with nothing and with a half.
    fn split(&self) -> (BigInt, bool, Ordering) {
        let Ok(exponent) = u64::try_from(self.exponent) else {
            return (self.over(0), false, Ordering::Less);
        };
        let floor = &self.numerator >> exponent;
        let twice_the_rest: BigInt = (&self.numerator - (&floor << exponent)) * 2;
        let to_half = twice_the_rest.cmp(&(BigInt::from(1) << exponent));
        (floor, twice_the_rest != BigInt::ZERO, to_half)
    }

    /// The integer that the mode makes of it.
    fn rounded(&self, mode: RoundingMode) -> BigInt {
        let (floor, is_between, to_half) = self.split();
        let is_negative = self.numerator.sign() == Sign::Minus;
        let is_odd = &floor % 2 != BigInt::ZERO;
        let up_if_tie = match mode {
            RoundingMode::Trn => return floor,
            RoundingMode::TrnZero => return floor + u32::from(is_between && is_negative),
            RoundingMode::Rnd => true,
            RoundingMode::RndZero => is_negative,
            RoundingMode::RndInf => !is_negative,
            RoundingMode::RndMinInf => false,
            RoundingMode::RndConv => is_odd,
        };
        let is_up = to_half == Ordering::Greater || (to_half == Ordering::Equal && up_if_tie);
        floor + u32::from(is_up)
    }

    /// The raw integer of the value in a format, without saturated bits.
    fn raw_in(&self, to: Format) -> BigInt {
        let steps =
            Self { numerator: self.numerator.clone(), exponent: self.exponent - i64::from(to.fractional()) };
        let raw = steps.rounded(match (to.is_int, to.family) {
            (true, Family::Ap) => RoundingMode::TrnZero,
            (true, Family::Ac) => RoundingMode::Trn,
            (false, _) => to.rounding,
        });
        let limit: BigInt = BigInt::from(1) << (to.width - u32::from(to.signed));
        let least: BigInt = if to.signed { -&limit } else { BigInt::ZERO };
        let most: BigInt = limit - 1;
        let is_symmetric = to.saturation == SaturationMode::SatSym && to.signed && to.width > 1 && !to.is_int;
        let least = if is_symmetric { -&most } else { least };
        if raw >= least && raw <= most {
            return raw;
        }
        match to.saturation {
            _ if to.is_int => wrapped(&raw, to),
            SaturationMode::Wrap => wrapped(&raw, to),
            SaturationMode::SatZero => BigInt::ZERO,
            _ if raw > most => most,
            _ => least,
        }
    }
}

fn big(raw: I256) -> BigInt {
    BigInt::from_signed_bytes_le(&raw.to_le_bytes())
}

fn wrapped(raw: &BigInt, to: Format) -> BigInt {
    let n_values: BigInt = BigInt::from(1) << to.width;
    let low = ((raw % &n_values) + &n_values) % &n_values;
    if to.signed && low >= (&n_values >> 1u32) { low - n_values } else { low }
}

/// The low bits.
fn wrapped_to(raw: I256, n_bits: u32) -> BigInt {
    if n_bits == 0 { BigInt::ZERO } else { wrapped(&big(raw), Format::uint(n_bits)) }
}

fn formats(max_width: u32) -> impl Strategy<Value = Format> {
    let modes = (0..RoundingMode::ALL.len(), 0..SaturationMode::ALL.len());
    let width = prop_oneof![1..9u32, 1..34u32, 1..=max_width];
    (width, any::<bool>(), any::<bool>(), -12..13i32, any::<bool>(), 0..4u8, modes).prop_map(
        |(width, signed, is_ac, near, is_integer_near_width, kind, (rounding, saturation))| {
            let family = if is_ac { Family::Ac } else { Family::Ap };
            if kind == 0 {
                return if signed { Format::int(width) } else { Format::uint(width) }.with_family(family);
            }
            let integer = if is_integer_near_width { width.cast_signed() + near } else { near };
            let (rounding, saturation) = (RoundingMode::ALL[rounding], SaturationMode::ALL[saturation]);
            Format::new(width, integer, signed).with_modes(rounding, saturation).with_family(family)
        },
    )
}

fn numbers(max_width: u32) -> impl Strategy<Value = Fixed> {
    (formats(max_width), any::<[u128; 2]>(), 0..140u32).prop_map(|(format, [high, low], shift)| {
        let raw = I256::from_words(high.cast_signed(), low.cast_signed()) >> shift;
        let number = Fixed::from_raw(raw, format);
        // the least raw integer is no value of a symmetric type
        let is_least =
            format.saturation == SaturationMode::SatSym && number.raw() == Fixed::min(format).raw();
        if is_least { Fixed::zero(format) } else { number }
    })
}

/// Whether the assignment is one that the model does not know: `ap_fixed` to `ap_int` without integer bits.
fn is_peculiar(number: Fixed, to: Format) -> bool {
    let from = number.format();
    to.is_int && !from.is_int && from.family == Family::Ap && from.integer == 0 && number.is_negative()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, max_global_rejects: 50_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_differences_and_products_are_exact(a in numbers(110), b in numbers(110)) {
        let (x, y) = (Value::of(a), Value::of(b));
        prop_assert!(x.combine(&y, |x, y| x + y).is(a + b));
        prop_assert!(x.combine(&y, |x, y| x - y).is(a - b));
        let product = Value { numerator: &x.numerator * &y.numerator, exponent: x.exponent + y.exponent };
        prop_assert!(product.is(a * b));
        let negative = Value { numerator: -&x.numerator, exponent: x.exponent };
        prop_assert!(negative.is(-a));
        for result in [a + b, a - b, a * b, -a] {
            prop_assert_eq!(wrapped(&big(result.raw()), result.format()), big(result.raw()));
        }
    }

    #[test]
    fn quotients_are_truncated(a in numbers(100), b in numbers(100)) {
        let is_mixed = a.format().signed != b.format().signed;
        let is_least = a.raw() == Fixed::min(a.format()).raw() && b.raw() == I256::MINUS_ONE;
        let family = (a / b).format().family;
        prop_assume!(!b.is_zero() && (family == Family::Ac || !is_mixed && !is_least));
        let dividend = big(a.raw()) << b.format().fractional().max(0).cast_unsigned();
        prop_assert_eq!(big((a / b).raw()), dividend / big(b.raw()));
    }

    #[test]
    fn casts_round_and_saturate(a in numbers(150), to in formats(150)) {
        prop_assume!(!is_peculiar(a, to));
        let (cast, loss) = a.cast_noting(to);
        prop_assert_eq!(big(cast.raw()), Value::of(a).raw_in(to));
        prop_assert_eq!(cast.format(), to);
        let is_exact = Value::of(a).is(cast);
        prop_assert_eq!(!is_exact, loss.rounded || loss.saturated || loss.wrapped, "{:?}", loss);
    }

    #[test]
    fn floating_point_numbers_are_rounded_once(a in numbers(60), by in -3..4i32, to in formats(150)) {
        let value = a.to_f64() * 2f64.powi(by);
        let exact = Fixed::exactly(value);
        prop_assume!(!(to.is_int && to.family == Family::Ap && value < 0.0));
        prop_assert_eq!(exact.to_f64(), value);
        prop_assert_eq!(big(Fixed::from_f64(value, to).raw()), Value::of(exact).raw_in(to));
    }

    #[test]
    fn numbers_of_53_bits_are_exact_as_f64(a in numbers(53)) {
        prop_assert!(Value::of(a).is(Fixed::exactly(a.to_f64())));
    }

    #[test]
    fn order_is_that_of_the_values(a in numbers(255), b in numbers(255)) {
        prop_assert_eq!(a.cmp(&b), Value::of(a).compare(&Value::of(b)));
    }

    #[test]
    fn shifts_drop_what_leaves_the_width(a in numbers(200), by in -300..300i32) {
        let raw = big(a.raw());
        let shifted = if by >= 0 { raw << by.unsigned_abs() } else { raw >> by.unsigned_abs() };
        prop_assert_eq!(big(a.shift_left(by).raw()), wrapped(&shifted, a.format()));
        prop_assert_eq!(a.shift_right(by), a.shift_left(-by));
    }

    #[test]
    fn high_bits_are_saturated(a in numbers(80), to in formats(80), n_bits in 1..6u32) {
        let saturation_bits = n_bits.min(to.width);
        let plain = Format::new(to.width, to.integer, to.signed).with_modes(to.rounding, SaturationMode::Wrap);
        let to = Format { saturation_bits, ..plain };
        let (cast, loss) = a.cast_noting(to);
        let plain = a.cast(plain);
        let low_bits = to.width - to.saturation_bits;
        prop_assert_eq!(wrapped_to(cast.raw(), low_bits), wrapped_to(plain.raw(), low_bits));
        let extreme = if a.is_negative() && to.signed { Fixed::min(to) } else { Fixed::max(to) };
        let expected = if loss.wrapped { extreme } else { plain };
        prop_assert_eq!(cast.raw() >> low_bits, expected.raw() >> low_bits);
    }
}
