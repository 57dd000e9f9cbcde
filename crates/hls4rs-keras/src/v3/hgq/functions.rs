//! Functions of one number, for tables.

use hls4rs_frontend::Problem;
use hls4rs_types::eigen::{exp, polynomial};

/// A function of one number.
pub(crate) type Function = fn(f32) -> f32;

/// Keras' functions that look at one number.
///
/// **Source:** `keras.activations`, Keras 3.15, with the parameters that it has by default. The exponential, what is made of it
/// alone, and the hyperbolic tangent are those of TensorFlow 2.21 to the bit; others may differ in the last bit before they are
/// quantized.
const FUNCTIONS: &[(&str, Function)] = &[
    ("linear", |x| x),
    ("relu", |x| x.max(0.0)),
    ("relu6", |x| x.clamp(0.0, 6.0)),
    ("leaky_relu", |x| if x > 0.0 { x } else { 0.2 * x }),
    ("elu", |x| if x > 0.0 { x } else { exp(x) - 1.0 }),
    ("celu", |x| if x > 0.0 { x } else { exp(x) - 1.0 }),
    ("selu", |x| if x > 0.0 { SELU_SCALE * x } else { SELU_SCALE * SELU_ALPHA * (exp(x) - 1.0) }),
    ("sigmoid", sigmoid),
    ("hard_sigmoid", hard_sigmoid),
    ("log_sigmoid", |x| -softplus(-x)),
    ("sparse_sigmoid", |x| (0.5 * (x + 1.0)).clamp(0.0, 1.0)),
    ("tanh", tanh),
    ("hard_tanh", |x| x.clamp(-1.0, 1.0)),
    ("tanh_shrink", |x| x - tanh(x)),
    ("softplus", softplus),
    ("softsign", |x| x / (1.0 + x.abs())),
    ("soft_shrink", |x| if x.abs() > 0.5 { x - 0.5f32.copysign(x) } else { 0.0 }),
    ("hard_shrink", |x| if x.abs() > 0.5 { x } else { 0.0 }),
    ("squareplus", |x| (x + (x * x + 4.0).sqrt()) / 2.0),
    ("exponential", exp),
    ("silu", |x| x * sigmoid(x)),
    ("hard_silu", |x| x * hard_sigmoid(x)),
    ("gelu", |x| 0.5 * x * (1.0 + erf(f64::from(x) / std::f64::consts::SQRT_2) as f32)),
    ("mish", |x| x * tanh(softplus(x))),
];

/// Functions that may differ from TensorFlow's in the last bits.
const INEXACT: &[&str] = &["sigmoid", "silu", "softplus", "log_sigmoid", "gelu", "mish", "celu"];

const SELU_ALPHA: f32 = 1.673_263_2;
const SELU_SCALE: f32 = 1.050_701;

/// The function of that name.
pub(crate) fn function(name: &str) -> Result<Function, Problem> {
    let found = FUNCTIONS.iter().find(|(known, _)| *known == name);
    found.map(|(_, function)| *function).ok_or_else(|| {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(known, _)| *known).collect();
        let message = format!("`activation`: expected one of {}, found `{name}`", known.join(", "));
        Problem::unsupported(message, "use one of these functions")
    })
}

/// Whether a function is TensorFlow's to the last bit.
pub(crate) fn is_exact(name: &str) -> bool {
    !INEXACT.contains(&name)
}

fn sigmoid(x: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(x)).exp())) as f32
}

/// **Source:** `hard_sigmoid` of `keras.src.backend.tensorflow.nn`, Keras 3.15.
fn hard_sigmoid(x: f32) -> f32 {
    (x + 3.0).clamp(0.0, 6.0) / 6.0
}

fn softplus(x: f32) -> f32 {
    let x = f64::from(x);
    (x.max(0.0) + (-x.abs()).exp().ln_1p()) as f32
}

/// The hyperbolic tangent.
///
/// **Source:** `ptanh_float` of Eigen, without fused products.
fn tanh(x: f32) -> f32 {
    const P: [f32; 4] = [1.394_553_6e-8, 2.102_733_6e-5, 3.520_756_7e-3, 1.340_216_1e-1];
    const Q: [f32; 5] = [8.015_777e-7, 3.326_951_4e-4, 2.597_254_5e-2, 4.673_548_3e-1, 1.0];
    let x = x.clamp(-7.907_389_6, 7.907_389_6);
    let square = x * x;
    (x * square * polynomial(square, &P) + x) / polynomial(square, &Q)
}

/// The error function, to single precision.
fn erf(x: f64) -> f64 {
    if x.abs() > 4.0 {
        return 1f64.copysign(x);
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..80 {
        let n = f64::from(n);
        term *= -x * x / n;
        sum += term / (2.0 * n + 1.0);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_those_of_keras() {
        let of = |name: &str, x| function(name).unwrap()(x);
        assert_eq!(of("gelu", 1.0), 0.841_344_7);
        assert_eq!(of("selu", -1.0), -1.111_330_7);
        assert_eq!(of("mish", 1.0), 0.865_098_4);
        assert_eq!(of("hard_silu", 1.0), 0.666_666_7);
        // the sum is rounded before it is divided
        assert_eq!(of("hard_sigmoid", -2.96875), 0.03125 / 6.0);
        // TensorFlow's, which is 1 well before a rounded tangent is
        assert_eq!([7.95, -0.5].map(|x| of("tanh", x)), [1.0, -0.462_117_14]);
        assert_eq!(of("exponential", 1.0), 2.718_281_7);
        assert!(function("softmax").is_err());
    }

    #[test]
    fn functions_that_may_differ_are_known() {
        assert!(INEXACT.iter().all(|name| function(name).is_ok() && !is_exact(name)));
        assert!(is_exact("tanh") && is_exact("relu"));
    }
}
