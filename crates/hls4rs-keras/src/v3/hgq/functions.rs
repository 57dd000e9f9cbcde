//! Functions of one number, for tables.

use hls4rs_frontend::Problem;

/// A function of one number.
pub(crate) type Function = fn(f64) -> f64;

/// Keras' functions that look at one number.
///
/// **Source:** `keras.activations`, Keras 3.15, with the parameters that it has by default.
const FUNCTIONS: &[(&str, Function)] = &[
    ("linear", |x| x),
    ("relu", |x| x.max(0.0)),
    ("relu6", |x| x.clamp(0.0, 6.0)),
    ("leaky_relu", |x| if x > 0.0 { x } else { 0.2 * x }),
    ("elu", |x| if x > 0.0 { x } else { x.exp_m1() }),
    ("celu", |x| if x > 0.0 { x } else { x.exp_m1() }),
    ("selu", |x| SELU_SCALE * if x > 0.0 { x } else { SELU_ALPHA * x.exp_m1() }),
    ("sigmoid", sigmoid),
    ("hard_sigmoid", hard_sigmoid),
    ("log_sigmoid", |x| -softplus(-x)),
    ("sparse_sigmoid", |x| (0.5 * (x + 1.0)).clamp(0.0, 1.0)),
    ("tanh", f64::tanh),
    ("hard_tanh", |x| x.clamp(-1.0, 1.0)),
    ("tanh_shrink", |x| x - x.tanh()),
    ("softplus", softplus),
    ("softsign", |x| x / (1.0 + x.abs())),
    ("soft_shrink", |x| if x.abs() > 0.5 { x - 0.5f64.copysign(x) } else { 0.0 }),
    ("hard_shrink", |x| if x.abs() > 0.5 { x } else { 0.0 }),
    ("squareplus", |x| (x + (x * x + 4.0).sqrt()) / 2.0),
    ("exponential", f64::exp),
    ("silu", |x| x * sigmoid(x)),
    ("hard_silu", |x| x * hard_sigmoid(x)),
    ("gelu", |x| 0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2))),
    ("mish", |x| x * softplus(x).tanh()),
];

const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// The function of that name.
pub(crate) fn function(name: &str) -> Result<Function, Problem> {
    let found = FUNCTIONS.iter().find(|(known, _)| *known == name);
    found.map(|(_, function)| *function).ok_or_else(|| {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(known, _)| *known).collect();
        let message = format!("`activation`: expected one of {}, found `{name}`", known.join(", "));
        Problem::unsupported(message, "use one of these functions")
    })
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn hard_sigmoid(x: f64) -> f64 {
    (x / 6.0 + 0.5).clamp(0.0, 1.0)
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
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
        let of = |name: &str, x| function(name).unwrap()(x) as f32;
        assert_eq!(of("gelu", 1.0), 0.841_344_8);
        assert_eq!(of("gelu", -5.0), -1.433_298e-6);
        assert_eq!(of("selu", -1.0), -1.111_330_7);
        assert_eq!(of("mish", 1.0), 0.865_098_4);
        assert_eq!(of("hard_silu", 1.0), 0.666_666_7);
        assert!(function("softmax").is_err());
    }
}
