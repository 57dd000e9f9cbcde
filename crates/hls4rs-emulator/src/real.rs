//! Floating-point numbers in and out.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{RoundingMode, SaturationMode};

use multiversion::multiversion;

use crate::buffer::{Buffer, Elements};
use crate::places::Places;

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

    /// The nearest numbers to products of integers and a power of two that is a normal `f32`.
    #[doc(hidden)]
    fn scale_i32(elements: &[i32], scale: f32, values: &mut [Self]);

    /// The same for integers of at most 52 bits.
    #[doc(hidden)]
    fn scale_i64(elements: &[i64], scale: f32, values: &mut [Self]);

    /// Slices of such numbers.
    #[doc(hidden)]
    fn places<'a, 'b>(slices: &'a mut [&'b mut [Self]]) -> Places<'a, 'b>;
}

mod sealed {
    /// Keeps other types out.
    pub trait Sealed {}

    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! real {
    ($($float:ident, $of:ident, $places:ident, $i32:ident, $i64:ident;)*) => {$(
        impl Real for $float {
            fn of(value: &Fixed) -> Self {
                value.$of()
            }

            fn scale_i32(elements: &[i32], scale: f32, values: &mut [Self]) {
                $i32(elements, scale.into(), values);
            }

            fn scale_i64(elements: &[i64], scale: f32, values: &mut [Self]) {
                $i64(elements, scale.into(), values);
            }

            fn places<'a, 'b>(slices: &'a mut [&'b mut [Self]]) -> Places<'a, 'b> {
                Places::$places(slices)
            }
        }

        scale!($i32, i32, $float);
        scale!($i64, i64, $float);
    )*};
}

/// Integers are rounded once, when they become floating-point numbers; the product with a power of two is exact.
macro_rules! scale {
    ($name:ident, $int:ident, $float:ident) => {
        #[multiversion(targets(
            "x86_64+avx512f+avx512vl+avx512bw+avx512dq+avx2",
            "x86_64+avx2",
            "x86_64+sse4.1"
        ))]
        fn $name(elements: &[$int], scale: $float, values: &mut [$float]) {
            for (value, &element) in values.iter_mut().zip(elements) {
                *value = element as $float * scale;
            }
        }
    };
}

real! {
    f32, to_f32, F32, i32_to_f32, i64_to_f32;
    f64, to_f64, F64, i32_to_f64, i64_to_f64;
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
    match (&buffer.elements, scale(format)) {
        (Elements::I32(elements), Some(scale)) => T::scale_i32(elements, scale, values),
        (Elements::I64(elements), Some(scale)) => T::scale_i64(elements, scale, values),
        (Elements::I32(elements), None) => all(format, elements, values),
        (Elements::I64(elements), None) => all(format, elements, values),
        (Elements::Wide(elements), _) => all(format, elements, values),
    }
}

/// Gives the buffer's first elements to one of the places.
pub(crate) fn store_at(buffer: &Buffer, place: usize, places: &mut Places<'_, '_>) {
    match places {
        Places::F32(places) => places.get_mut(place).into_iter().for_each(|values| store(buffer, values)),
        Places::F64(places) => places.get_mut(place).into_iter().for_each(|values| store(buffer, values)),
    }
}

fn all<T: Real, I: Copy + Into<hls4rs_fixed::I256>>(format: Format, elements: &[I], values: &mut [T]) {
    for (value, &element) in values.iter_mut().zip(elements) {
        *value = T::of(&Fixed::from_raw(element, format));
    }
}

/// The value of the lowest bit, if numbers of the format become floating-point numbers by a multiplication with it.
///
/// Integers of more than 32 bits are converted in other ways.
pub(crate) fn scale(format: Format) -> Option<f32> {
    let most = if format.is_int { 32 } else { 52 };
    let is_normal = format.fractional().abs() <= NORMAL_EXPONENT;
    (format.width <= most && is_normal).then(|| 2f32.powi(-format.fractional()))
}

/// Powers of two with smaller exponents are normal numbers in single precision, and so are their products with integers of 52
/// bits.
const NORMAL_EXPONENT: i32 = 70;

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
