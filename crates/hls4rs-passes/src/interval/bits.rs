//! Bits of fixed-point numbers, and the fewest that constants need.

use hls4rs_types::{Tensor, TensorError};
use ndarray::{ArrayD, IxDyn};

use super::{IntervalError, zip_with};

/// Bits of the elements of an array, all arrays of one shape or of shapes that broadcast to each other.
///
/// A number with `k`, `i` and `f` bits is a multiple of `2^-f`, from `-k · 2^i` to `2^i - 2^-f`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kif {
    /// 1 where negative values exist.
    pub k: ArrayD<i16>,
    /// Bits left of the point, without the sign; negative where the first bits right of it are not used either.
    pub i: ArrayD<i16>,
    /// Bits right of the point; negative where the last bit is worth more than 1.
    pub f: ArrayD<i16>,
}

impl Kif {
    /// The same bits for all elements.
    #[must_use]
    pub fn filled(shape: &[usize], k: i16, i: i16, f: i16) -> Self {
        let plane = |value| ArrayD::from_elem(IxDyn(shape), value);
        Self { k: plane(k), i: plane(i), f: plane(f) }
    }

    /// The fewest bits that hold these constants, with at most 32 of them right of the point.
    ///
    /// Zeros have no bits. Constants that are not multiples of 2^-32 get 32 bits right of the point, too.
    ///
    /// **Source:** `hls4ml.utils.qinterval.minimal_kif`, hls4ml 1.3.0.
    #[must_use]
    pub fn of_constants(constants: &ArrayD<f64>) -> Self {
        let bits = constants.mapv(bits_of_constant);
        Self { k: bits.mapv(|(k, ..)| k), i: bits.mapv(|(_, i, _)| i), f: bits.mapv(|(.., f)| f) }
    }

    /// The fewest bits that hold the elements of an array. See [`Kif::of_constants`].
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn of_tensor(tensor: &Tensor) -> Result<Self, TensorError> {
        Ok(Self::of_constants(&constants(tensor)?))
    }

    /// The most of each for one number that is to hold any element.
    ///
    /// # Errors
    /// If there are no elements.
    pub fn largest(&self) -> Result<(i64, i64, i64), IntervalError> {
        Ok((largest(&self.k)?, largest(&self.i)?, largest(&self.f)?))
    }

    /// Puts a function of each of the three arrays in its place.
    ///
    /// # Errors
    /// Those of the function.
    pub fn map<E>(&self, function: impl Fn(&ArrayD<i16>) -> Result<ArrayD<i16>, E>) -> Result<Self, E> {
        Ok(Self { k: function(&self.k)?, i: function(&self.i)?, f: function(&self.f)? })
    }

    /// A function of each of the arrays of both, element by element.
    ///
    /// # Errors
    /// If the shapes do not go together.
    pub fn zip(
        &self,
        operation: &'static str,
        other: &Self,
        function: impl Fn(i16, i16) -> i16 + Copy,
    ) -> Result<Self, IntervalError> {
        Ok(Self {
            k: zip_with(operation, &self.k, &other.k, function)?,
            i: zip_with(operation, &self.i, &other.i, function)?,
            f: zip_with(operation, &self.f, &other.f, function)?,
        })
    }
}

/// The largest element.
pub(crate) fn largest(plane: &ArrayD<i16>) -> Result<i64, IntervalError> {
    plane.iter().copied().max().map(i64::from).ok_or(IntervalError::Empty { operation: "largest" })
}

/// The elements of an array in double precision.
pub(crate) fn constants(tensor: &Tensor) -> Result<ArrayD<f64>, TensorError> {
    let elements: Vec<f64> = tensor.iter_f64()?.collect();
    let (expected, found) = (tensor.len(), elements.len());
    ArrayD::from_shape_vec(IxDyn(tensor.shape()), elements).map_err(|_| TensorError::ElementCount {
        shape: tensor.shape().to_vec(),
        expected,
        found,
    })
}

/// Bits right of the point that a number needs, from −31 to 32; 32 where even these are not enough.
///
/// **Source:** `hls4ml.utils.qinterval._minimal_f`, hls4ml 1.3.0, which looks whether the scaled number survives a
/// conversion to 64-bit integers: numbers of 2^63 and more do not.
#[must_use]
pub fn minimal_fraction(value: f64) -> i16 {
    let (mut low, mut high) = (-32i16, 32i16);
    while low < high - 1 {
        let middle = (low + high).div_euclid(2);
        if is_integer(value * power_of_two(middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// Whether a conversion to a 64-bit integer keeps the number; what does not fit becomes −2^63, as on x86.
fn is_integer(value: f64) -> bool {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&value) && value.fract() == 0.0
}

/// `2^exponent`.
pub(crate) fn power_of_two(exponent: i16) -> f64 {
    match u64::try_from(i32::from(exponent) + 1023) {
        Ok(biased @ 1..=2046) => f64::from_bits(biased << 52),
        _ => 2f64.powi(i32::from(exponent) / 2) * 2f64.powi(i32::from(exponent) - i32::from(exponent) / 2),
    }
}

/// Bits left of the point for a largest and a smallest value, where `f` bits are right of it.
pub(crate) fn integer_bits(max: f64, min: f64, f: i16) -> i16 {
    (max + power_of_two(f.wrapping_neg())).max(-min).log2().ceil() as i16
}

fn bits_of_constant(value: f64) -> (i16, i16, i16) {
    if value == 0.0 {
        return (0, 0, 0);
    }
    let f = minimal_fraction(value);
    (i16::from(value < 0.0), integer_bits(value, value, f), f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_need_few_bits() {
        let bits = |value: f64| bits_of_constant(value);
        assert_eq!(bits(0.0), (0, 0, 0));
        assert_eq!(bits(1.0), (0, 1, 0));
        assert_eq!(bits(-1.0), (1, 0, 0));
        assert_eq!(bits(0.375), (0, -1, 3));
        assert_eq!(bits(-0.375), (1, -1, 3));
        assert_eq!(bits(12.0), (0, 4, -2));
        assert_eq!(bits(0.1), (0, -3, 32));
        assert_eq!(bits(4_294_967_296.0), (0, 33, -31));
    }

    #[test]
    fn powers_are_exact_down_to_the_smallest() {
        for exponent in -1074..=1023i16 {
            let power = power_of_two(exponent);
            assert_eq!(power.log2(), f64::from(exponent));
        }
        assert_eq!(power_of_two(1024), f64::INFINITY);
        assert_eq!(power_of_two(-1075), 0.0);
        assert_eq!(power_of_two(i16::MIN), 0.0);
    }

    #[test]
    fn the_largest_of_nothing_is_an_error() {
        assert!(Kif::filled(&[0], 0, 0, 0).largest().is_err());
        assert_eq!(Kif::filled(&[], 1, 2, 3).largest(), Ok((1, 2, 3)));
    }
}
