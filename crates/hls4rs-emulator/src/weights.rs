//! Weights as the generated C++ has them.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{ExponentPrecision, Tensor, TensorError};

use crate::kernels::product::Weight;

/// The numbers of a weight variable.
///
/// hls4ml prints weights as decimal fractions with as many digits as the type has fractional bits, integers with none;
/// C++ reads them as `double` and assigns them to the type. What is not finite, as the threshold of a channel that
/// is scaled by 0, is printed as `inf` or `nan`, which C++ cannot read: the weight is 0.
///
/// **Source:** `WeightVariable.update_precision` of `hls4ml.model.types`, `print_array_to_cpp` of `hls4ml.writer`,
/// `load_weights_from_txt` in `nnet_helpers.h`.
pub(crate) fn numbers(data: &Tensor, format: Format, decimals: usize) -> Result<Vec<Fixed>, TensorError> {
    let scale = 2f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    Ok(data.iter_f64()?.map(|value| Fixed::from_f64(printed(value, scale, decimals), format)).collect())
}

/// The value after it was printed with a number of decimals and read again.
///
/// A multiple of 2^−d has no more than d decimals, so that it stays what it is.
fn printed(value: f64, scale: f64, decimals: usize) -> f64 {
    if !value.is_finite() {
        return 0.0;
    }
    if (value * scale).fract() == 0.0 {
        return value;
    }
    format!("{value:.decimals$}").parse().unwrap_or(value)
}

/// The exponents and signs of weights that are powers of two.
///
/// hls4ml truncates the logarithm towards zero.
///
/// **Source:** `ExponentWeightVariable` of `hls4ml.model.types`.
pub(crate) fn powers_of_two(data: &Tensor, exponent: ExponentPrecision) -> Result<Vec<Weight>, TensorError> {
    let format = if exponent.signed { Format::int(exponent.width) } else { Format::uint(exponent.width) };
    let weight = |value: f64| {
        // NumPy divides by log2(2), which is 1
        let logarithm = value.abs().log2().trunc();
        Weight { value: Fixed::from_f64(logarithm, format), is_positive: value >= 0.0 }
    };
    Ok(data.iter_f64()?.map(weight).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finite_is_read_as_zero() -> Result<(), TensorError> {
        let data = Tensor::new(&[4], vec![f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.26])?;
        let format = Format::fixed(8, 6);
        let found: Vec<f64> = numbers(&data, format, 2)?.into_iter().map(|number| number.to_f64()).collect();
        assert_eq!(found, [0.0, 0.0, 0.0, 0.25]);
        Ok(())
    }
}
