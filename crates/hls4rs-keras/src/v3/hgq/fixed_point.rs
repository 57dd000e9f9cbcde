//! Fixed-point quantizers as HGQ2 computes them, in single precision.

/// How numbers are rounded and what becomes of those that are too large.
///
/// **Formula.** A number is rounded to multiples of 2^−f, and brought into the range from −k·2^i to 2^i − 2^−f.
///
/// **Source:** `FixedPointQuantizer` of `quantizers.fixed_point._fixed_point_ops`, quantizers 1.2. Numbers are brought into the range
/// before they are rounded, but behind it where they wrap around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FixedPoint {
    /// The rounding mode, without the prefix for stochastic rounding.
    pub(crate) round: String,
    /// The overflow mode.
    pub(crate) overflow: String,
}

impl FixedPoint {
    /// Whether the modes are known.
    pub(crate) fn is_known(&self) -> bool {
        matches!(
            self.round.as_str(),
            "TRN" | "RND" | "RND_CONV" | "TRN_ZERO" | "RND_ZERO" | "RND_MIN_INF" | "RND_INF"
        ) && matches!(self.overflow.as_str(), "WRAP" | "SAT" | "SAT_SYM" | "WRAP_SM")
    }

    /// A number in the format with sign `k`, integer bits `i` and fractional bits `f`.
    pub(crate) fn quantize(&self, x: f32, k: f32, i: f32, f: f32) -> f32 {
        let i = i.max(-f);
        match self.overflow.as_str() {
            "WRAP" => wrap(self.round(x, f), k, i),
            "WRAP_SM" => self.reflect(x, k, i, f),
            symmetric => self.round(saturate(x, k, i, f, symmetric == "SAT_SYM"), f),
        }
    }

    /// A number rounded to multiples of 2^−f.
    pub(crate) fn round(&self, x: f32, f: f32) -> f32 {
        let scale = power(f);
        let x = x * scale;
        let sign = if x > 0.0 {
            1.0
        } else if x < 0.0 {
            -1.0
        } else {
            x
        };
        let rounded = match self.round.as_str() {
            "TRN" => x.floor(),
            "RND" => (x + 0.5).floor(),
            "TRN_ZERO" => x.abs().floor() * sign,
            "RND_ZERO" => -(-x.abs() + 0.5).floor() * sign,
            "RND_MIN_INF" => -(-x + 0.5).floor(),
            "RND_INF" => (x.abs() + 0.5).floor() * sign,
            _ => x.round_ties_even(),
        };
        // the gradient's detour makes of −0 a 0
        (rounded + 0.0) / scale
    }

    /// Beyond the range, numbers run back.
    fn reflect(&self, x: f32, k: f32, i: f32, f: f32) -> f32 {
        let eps = power(-f);
        let high = power(i) - eps;
        let low = -(high + eps) * k;
        let interval = power(i + k);
        let is_back = modulo(x / interval, 2.0) >= 1.0 && x.abs() > eps / 2.0;
        let is_half_back = modulo((x + eps / 2.0) / (interval / 2.0), 2.0) >= 1.0;
        let mut mapped = modulo(self.round(x, f) - high - eps, interval) + low;
        if is_half_back {
            mapped = -mapped - eps;
        }
        if is_back {
            mapped = -mapped - eps;
        }
        mapped
    }
}

/// A number in the range, the highest following the lowest.
fn wrap(x: f32, k: f32, i: f32) -> f32 {
    let bits = i + k;
    let bias = k * power(bits - 1.0);
    modulo(x + bias, power(bits)) - bias
}

/// A number in the range, the nearest end for those beyond.
fn saturate(x: f32, k: f32, i: f32, f: f32, is_symmetric: bool) -> f32 {
    let most = power(i) - power(-f);
    let least = if is_symmetric { -most * k } else { -power(i) * k };
    if x > most {
        most
    } else if x < least {
        least
    } else {
        x
    }
}

/// Two to an integer power.
pub(crate) fn power(exponent: f32) -> f32 {
    2f32.powi(exponent as i32)
}

/// The rest of a division, with the sign of the divisor.
fn modulo(x: f32, y: f32) -> f32 {
    let rest = x % y;
    if rest != 0.0 && (y < 0.0) != (rest < 0.0) { rest + y } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantizer(round: &str, overflow: &str) -> FixedPoint {
        FixedPoint { round: round.to_owned(), overflow: overflow.to_owned() }
    }

    #[test]
    fn numbers_are_rounded_as_the_mode_says() {
        let of = |round: &str, x| quantizer(round, "SAT").quantize(x, 1.0, 4.0, 1.0);
        assert_eq!([0.25, 0.75, -0.25, -0.75].map(|x| of("RND", x)), [0.5, 1.0, 0.0, -0.5]);
        assert_eq!([0.25, 0.75, -0.25, -0.75].map(|x| of("RND_CONV", x)), [0.0, 1.0, 0.0, -1.0]);
        assert_eq!([0.25, 0.75, -0.25, -0.75].map(|x| of("RND_ZERO", x)), [0.0, 0.5, 0.0, -0.5]);
        assert_eq!([0.4, -0.4].map(|x| of("TRN", x)), [0.0, -0.5]);
        assert_eq!([0.9, -0.9].map(|x| of("TRN_ZERO", x)), [0.5, -0.5]);
    }

    #[test]
    fn numbers_beyond_the_range_do_as_the_mode_says() {
        let of = |overflow: &str, x| quantizer("RND", overflow).quantize(x, 1.0, 1.0, 1.0);
        assert_eq!([2.0, -3.0, 5.0].map(|x| of("WRAP", x)), [-2.0, 1.0, 1.0]);
        assert_eq!([2.0, -3.0].map(|x| of("SAT", x)), [1.5, -2.0]);
        assert_eq!([2.0, -3.0].map(|x| of("SAT_SYM", x)), [1.5, -1.5]);
        assert_eq!(quantizer("RND", "SAT").quantize(-1.0, 0.0, 1.0, 1.0), 0.0);
    }
}
