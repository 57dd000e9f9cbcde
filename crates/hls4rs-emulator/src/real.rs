//! Floating-point numbers in and out.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{RoundingMode, SaturationMode};

use crate::buffer::{Buffer, Elements};

/// `f32` or `f64`: what models are given, and what they return.
///
/// An `f32` is converted exactly as the `f64` of the same value. Results are rounded to the nearest number, ties to even.
///
/// **Source:** `convert_data` in `nnet_helpers.h`.
pub trait Real:
    sealed::Sealed + Copy + Default + Into<f64> + Send + Sync + std::fmt::Debug + 'static
{
    /// The number as C++ converts it.
    #[doc(hidden)]
    fn of(value: &Fixed) -> Self;

    /// The nearest number.
    #[doc(hidden)]
    fn nearest(value: f64) -> Self;
}

mod sealed {
    /// Keeps other types out.
    pub trait Sealed {}

    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Real for f32 {
    fn of(value: &Fixed) -> Self {
        value.to_f32()
    }

    #[inline]
    fn nearest(value: f64) -> Self {
        value as Self
    }
}

impl Real for f64 {
    fn of(value: &Fixed) -> Self {
        value.to_f64()
    }

    #[inline]
    fn nearest(value: f64) -> Self {
        value
    }
}

/// Sets the buffer's first elements.
pub(crate) fn load<T: Real>(buffer: &mut Buffer, values: &[T]) {
    let input = Input::new(buffer.format);
    match &mut buffer.elements {
        Elements::I32(elements) => {
            for (element, &value) in elements.iter_mut().zip(values) {
                *element = input.raw(value.into()) as i32;
            }
        }
        Elements::I64(elements) => {
            for (element, &value) in elements.iter_mut().zip(values) {
                *element = input.raw(value.into());
            }
        }
        Elements::Wide(elements) => {
            for (element, &value) in elements.iter_mut().zip(values) {
                *element = Fixed::from_f64(value.into(), input.format).raw();
            }
        }
    }
}

/// Gives the buffer's first elements.
pub(crate) fn store<T: Real>(buffer: &Buffer, values: &mut [T]) {
    let format = buffer.format;
    let is_exact = is_exact(format);
    let scale = 2f64.powi(-format.fractional());
    match &buffer.elements {
        Elements::I32(elements) if is_exact => {
            for (value, &element) in values.iter_mut().zip(elements) {
                *value = T::nearest(f64::from(element) * scale);
            }
        }
        Elements::I64(elements) if is_exact => {
            for (value, &element) in values.iter_mut().zip(elements) {
                *value = T::nearest(element as f64 * scale);
            }
        }
        Elements::I32(elements) => all(format, elements, values),
        Elements::I64(elements) => all(format, elements, values),
        Elements::Wide(elements) => all(format, elements, values),
    }
}

fn all<T: Real, I: Copy + Into<hls4rs_fixed::I256>>(format: Format, elements: &[I], values: &mut [T]) {
    for (value, &element) in values.iter_mut().zip(elements) {
        *value = T::of(&Fixed::from_raw(element, format));
    }
}

/// Whether all numbers of the format are exact in an `f64`, and become one by a multiplication.
///
/// Integers of more than 32 bits are converted in other ways.
fn is_exact(format: Format) -> bool {
    let most = if format.is_int { 32 } else { 52 };
    format.width <= most && format.fractional().abs() < EXACT_EXPONENT
}

/// Powers of two with smaller exponents are normal numbers, and so are their products with integers of 52 bits.
const EXACT_EXPONENT: i32 = 900;

/// Conversion of floating-point numbers to a format of at most 64 bits.
struct Input {
    format: Format,
    scale: f64,
    unused_bits: u32,
    is_plain: bool,
}

/// Integers of smaller magnitude are exact in an `f64`.
const PLAIN_LIMIT: f64 = (1u64 << 50) as f64;

impl Input {
    fn new(format: Format) -> Self {
        let is_plain = format.rounding == RoundingMode::Trn
            && format.saturation == SaturationMode::Wrap
            && format.saturation_bits == 0
            && !format.is_int
            && format.width <= 50
            && format.fractional().abs() < EXACT_EXPONENT;
        Self {
            format,
            scale: 2f64.powi(format.fractional()),
            unused_bits: 64 - format.width.min(64),
            is_plain,
        }
    }

    /// The raw integer of a value.
    #[inline]
    fn raw(&self, value: f64) -> i64 {
        let scaled = value * self.scale;
        // tiny products may have been rounded
        let is_exact = scaled.abs() > 1e-290 || value == 0.0;
        if self.is_plain && scaled.abs() < PLAIN_LIMIT && is_exact {
            let truncated = scaled as i64;
            let floor = truncated - i64::from(truncated as f64 > scaled);
            let bits = floor.cast_unsigned();
            return if self.format.signed {
                (bits << self.unused_bits).cast_signed() >> self.unused_bits
            } else {
                (bits << self.unused_bits >> self.unused_bits).cast_signed()
            };
        }
        Fixed::from_f64(value, self.format).raw_i64()
    }
}
