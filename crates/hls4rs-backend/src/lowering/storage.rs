//! Where weights are stored.

use hls4rs_graph::{BramFactor, Config};
use hls4rs_types::{WeightForm, WeightVariable};

/// Whether a weight is stored in block RAM outside of its layer.
///
/// hls4ml takes the last dimension of powers of two for sign and exponent, and does not count it.
///
/// **Source:** `hls4ml.backends.fpga.passes.bram_weights.RegisterBramWeights`, hls4ml 1.3.0.
pub(crate) fn is_in_bram(config: &Config, weight: &WeightVariable) -> bool {
    let shape = weight.shape();
    let counted = match weight.form {
        WeightForm::Exponent => shape.split_last().map_or(shape, |(_, rest)| rest),
        _ => shape,
    };
    let count: usize = counted.iter().product();
    match config.bram_factor {
        BramFactor::Elements(most) => i64::try_from(count).is_ok_and(|count| count > most),
        BramFactor::Number(most) => count as f64 > most,
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_types::{NamedType, Precision, Tensor};

    use super::*;

    #[test]
    fn signs_and_exponents_are_not_counted() {
        let ty = NamedType::new("t", Precision::int(4));
        let mut weight = WeightVariable::new("w2", ty, Tensor::zeros(&[4, 5]).unwrap());
        let mut config = Config::default();
        assert!(!is_in_bram(&config, &weight));
        config.bram_factor = BramFactor::Elements(19);
        assert!(is_in_bram(&config, &weight));
        weight.form = WeightForm::Exponent;
        assert!(!is_in_bram(&config, &weight));
    }
}
