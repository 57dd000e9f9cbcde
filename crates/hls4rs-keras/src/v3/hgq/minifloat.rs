//! Small floating-point numbers as HGQ2 computes them, in single precision.

use super::fixed_point::power;

/// A number with `m` bits of mantissa, `e` of exponent and a bias of the exponent.
///
/// **Source:** `_float_quantize` of `quantizers.minifloat._float_point_ops`, quantizers 1.2.
pub(crate) fn quantize(x: f32, m: f32, e: f32, e0: f32) -> f32 {
    let m = m + 1.0;
    let required = (x.abs() + 1e-7).log2().floor();
    let high = power(e - 1.0).max(1.0);
    let (least, most) = (-high + e0 + 1.0, high + e0 - 1.0);
    let exponent = required.min(most).max(least);
    let scale = power(exponent - m + 1.0);
    let significand = (x / scale).round_ties_even();
    let bound = if most == exponent { power(m) - 1.0 } else { power(m) };
    significand.min(bound).max(-bound) * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_so_many_bits() {
        // two bits of mantissa, numbers up to 1.75 · 2^7
        assert_eq!([1.1, 1.2, 300.0, -5.6].map(|x| quantize(x, 2.0, 4.0, 0.0)), [1.0, 1.25, 224.0, -6.0]);
        assert_eq!(quantize(0.0, 2.0, 4.0, 0.0), 0.0);
    }
}
