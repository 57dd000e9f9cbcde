//! Exact sums of products.

use ethnum::I256;
use hls4rs_fixed::{Fixed, Format, MAX_WIDTH};

/// A matrix of exact weights and a vector of exact biases.
///
/// **Formula:** `y[j] = bias[j] + Σ_i x[i] · weight[i, j]`, without rounding.
///
/// **Source:** `DistributedArithmeticCodegen` of `hls4ml.backends.vivado.passes.distributed_arithmetic` computes with the
/// weights as they are in the graph, not rounded to their types; what it generates loses nothing.
#[derive(Debug)]
pub(crate) struct Matrix {
    n_in: usize,
    /// Input by input, as multiples of a common step.
    weight: Vec<I256>,
    /// As multiples of the step of products.
    bias: Vec<I256>,
    /// Of the products.
    format: Format,
}

impl Matrix {
    /// The matrix for inputs of a format: weights `[n_in, n_out]` and biases `[n_out]`; nothing where sums need more bits
    /// than can be computed with, or something is not finite.
    pub(crate) fn new(weight: &[f64], bias: &[f64], input: Format) -> Option<Self> {
        let n_out = bias.len();
        let n_in = weight.len() / n_out.max(1);
        if n_in * n_out != weight.len() {
            return None;
        }
        let mut fractional = 0;
        for &value in weight.iter().chain(bias) {
            fractional = fractional.max(decimals(value)?);
        }
        let product_fractional = fractional.checked_add(input.fractional())?;
        let multiples = |values: &[f64], fractional: i32| {
            values.iter().map(|&value| multiple(value, fractional)).collect::<Option<Vec<_>>>()
        };
        let weight = multiples(weight, fractional)?;
        // biases may have more decimals than the products
        let bias_fractional = product_fractional.max(fractional);
        let extra = u32::try_from(bias_fractional - product_fractional).ok()?;
        let bias = multiples(bias, bias_fractional)?;
        let weight = if extra > 0 { scaled(&weight, extra)? } else { weight };
        let magnitude = |values: &[I256]| values.iter().map(|value| bits(*value)).max().unwrap_or(0);
        let terms = u32::try_from(n_in + 1).ok()?.next_power_of_two().trailing_zeros();
        let width = (magnitude(&weight) + input.width + 1).max(magnitude(&bias)) + terms + 1;
        (width <= MAX_WIDTH).then(|| Self {
            n_in,
            weight,
            bias,
            format: Format::fixed(width, width.cast_signed() - bias_fractional),
        })
    }

    /// Number of inputs and of outputs.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.n_in, self.bias.len()]
    }

    /// Computes the outputs.
    pub(crate) fn run(&self, data: &[Fixed], outputs: &mut [Fixed]) {
        let n_out = self.bias.len();
        for (j, (output, bias)) in outputs.iter_mut().zip(&self.bias).enumerate() {
            let products = data.iter().enumerate().map(|(i, value)| value.raw() * self.weight[i * n_out + j]);
            *output = Fixed::from_raw(products.fold(*bias, |sum, product| sum + product), self.format);
        }
    }
}

/// Bits behind the point that a number needs, fewer than 0 for multiples of powers of two; nothing if it is not finite.
fn decimals(value: f64) -> Option<i32> {
    if !value.is_finite() {
        return None;
    }
    if value == 0.0 {
        return Some(i32::MIN);
    }
    let exact = Fixed::exactly(value);
    Some(exact.format().fractional() - exact.raw().trailing_zeros().cast_signed())
}

/// The number as a multiple of `2^−fractional`; nothing if that needs too many bits.
fn multiple(value: f64, fractional: i32) -> Option<I256> {
    if value == 0.0 {
        return Some(I256::ZERO);
    }
    let exact = Fixed::exactly(value);
    let zeros = exact.raw().trailing_zeros();
    let odd = exact.raw() >> zeros;
    let shift = fractional - exact.format().fractional() + zeros.cast_signed();
    let shift = u32::try_from(shift).ok().filter(|shift| bits(odd) + shift <= MAX_WIDTH)?;
    Some(odd << shift)
}

fn scaled(values: &[I256], shift: u32) -> Option<Vec<I256>> {
    values.iter().map(|&value| (bits(value) + shift <= MAX_WIDTH).then(|| value << shift)).collect()
}

/// Bits of a number, sign included.
fn bits(value: I256) -> u32 {
    let magnitude = if value < I256::ZERO { !value } else { value };
    257 - magnitude.leading_zeros()
}
