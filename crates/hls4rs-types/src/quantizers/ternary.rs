//! Three levels: −1, 0 and 1.

use half::f16;
use serde::{Deserialize, Serialize};

use crate::{Precision, QuantizeError, Quantizer, Tensor, TensorData};

/// Quantizes to −1, 0 and 1.
///
/// **Formula:** `x > 0.5 ? 1 : x ≤ −0.5 ? −1 : 0`, in the values' own type. NaN becomes 0.
///
/// **Precision:** `int<2>`.
///
/// **Source:** `hls4ml.model.quantizers.TernaryQuantizer`, hls4ml 1.3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TernaryQuantizer {}

#[typetag::serde(name = "hls4ml.model.quantizers.TernaryQuantizer")]
impl Quantizer for TernaryQuantizer {
    fn bits(&self) -> u32 {
        2
    }

    fn precision(&self) -> Precision {
        Precision::int(2)
    }

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        apply_levels(values, &self.describe(), |x| {
            if x > 0.5 {
                Levels::High
            } else if x <= -0.5 {
                Levels::Low
            } else {
                Levels::Zero
            }
        })
    }

    fn describe(&self) -> String {
        "ternary".to_owned()
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(*self)
    }
}

/// The levels of binary and ternary quantizers.
#[derive(Clone, Copy)]
pub(super) enum Levels {
    Low,
    Zero,
    High,
}

/// Replaces each value by its level, in the values' own type, shape and order.
pub(super) fn apply_levels(
    values: &Tensor,
    quantizer: &str,
    level: impl Fn(f64) -> Levels,
) -> Result<Tensor, QuantizeError> {
    macro_rules! levels {
        ($array:expr, $one:expr) => {{
            let one = $one;
            let value = |level| match level {
                Levels::Low => -one,
                Levels::Zero => one - one,
                Levels::High => one,
            };
            Ok($array.mapv(|x| value(level(x.into()))).into_owned().into())
        }};
    }
    match values.data()? {
        TensorData::F16(array) => levels!(array, f16::ONE),
        TensorData::F32(array) => levels!(array, 1f32),
        TensorData::F64(array) => levels!(array, 1f64),
        _ => {
            let quantizer = quantizer.to_owned();
            Err(QuantizeError::ElementType { quantizer, found: values.dtype().name() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_half_open() {
        let values = Tensor::vector(vec![0.5f64, 0.500001, -0.5, -0.49, f64::NAN]);
        let levels = TernaryQuantizer {}.quantize(&values).unwrap();
        assert_eq!(levels, Tensor::vector(vec![0f64, 1.0, -1.0, 0.0, 0.0]));
    }
}
