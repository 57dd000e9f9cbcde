//! Functions in single precision as Eigen computes them, which TensorFlow uses: polynomials, products and sums rounded one by one.

/// The exponential.
///
/// **Source:** `pexp_float` of Eigen, without fused products.
#[must_use]
pub fn exp(x: f32) -> f32 {
    if x < -104.0 {
        return 0.0;
    }
    let small = x.min(88.723);
    let m = (small * std::f32::consts::LOG2_E + 0.5).floor();
    let r = m * -0.693_359_4 + small;
    let r = m * 0.000_212_194_44 + r;
    let square = r * r;
    let even = square * (square * 0.001_374_496_4 + 0.041_669_652) + 0.499_999_88;
    let odd = square * 0.008_368_945 + 0.166_665_18;
    let y = square * (r * odd + even) + (r + 1.0);
    // the power alone may be too large
    ((f64::from(y) * f64::from(m).exp2()) as f32).max(x)
}

/// A polynomial, highest coefficient first.
#[must_use]
pub fn polynomial(x: f32, coefficients: &[f32]) -> f32 {
    coefficients.iter().copied().reduce(|sum, next| x * sum + next).unwrap_or(0.0)
}
