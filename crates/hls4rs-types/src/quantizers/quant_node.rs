//! The quantizer of QONNX' `Quant` node.

use serde::{Deserialize, Serialize};

use crate::{
    FixedPrecision, Precision, QuantizeError, Quantizer, RoundingMode, SaturationMode, Tensor, TensorData,
};

/// Quantizes to a fixed-point or integer precision, by scaling, clamping and rounding.
///
/// **Formula:** `round(clamp(x · 2^F)) / 2^F` with `F` fractional bits, in the values' own type, single or double
/// precision. The clamp comes before the rounding, and is to the range of the type also in the wrap-around mode.
///
/// **Precision:** the quantizer's own. Rounding modes `TRN` and `RND_CONV`, saturation modes `WRAP`, `SAT`, `SAT_SYM`.
///
/// **Source:** `hls4ml.model.quantizers.QuantNodeQuantizer`, hls4ml 1.3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "State")]
pub struct QuantNodeQuantizer {
    precision: Precision,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    precision: Precision,
}

impl TryFrom<State> for QuantNodeQuantizer {
    type Error = String;

    fn try_from(State { precision }: State) -> Result<Self, Self::Error> {
        Self::new(precision)
            .ok_or_else(|| format!("expected a fixed-point or integer precision, found `{precision}`"))
    }
}

impl QuantNodeQuantizer {
    /// A quantizer to that precision, if it is a fixed-point or integer one.
    #[must_use]
    pub fn new(precision: Precision) -> Option<Self> {
        matches!(precision, Precision::Fixed(_) | Precision::Integer(_)).then_some(Self { precision })
    }

    fn fixed(&self) -> FixedPrecision {
        self.precision.to_fixed().unwrap_or(FixedPrecision::new(1, 1, false))
    }

    fn unsupported(&self, kind: &'static str, mode: &dyn std::fmt::Display) -> QuantizeError {
        QuantizeError::UnsupportedMode { quantizer: self.describe(), kind, mode: mode.to_string() }
    }
}

#[typetag::serde(name = "hls4ml.model.quantizers.QuantNodeQuantizer")]
impl Quantizer for QuantNodeQuantizer {
    fn bits(&self) -> u32 {
        self.precision.width()
    }

    fn precision(&self) -> Precision {
        self.precision
    }

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        let fixed = self.fixed();
        if fixed.saturation_mode == SaturationMode::SatZero {
            return Err(self.unsupported("saturation", &fixed.saturation_mode));
        }
        let is_even = match fixed.rounding_mode {
            RoundingMode::RndConv => true,
            RoundingMode::Trn => false,
            mode => return Err(self.unsupported("rounding", &mode)),
        };
        let magnitude = 2f64.powi(i32::try_from(fixed.width).unwrap_or(i32::MAX) - i32::from(fixed.signed));
        let least = match (fixed.signed, fixed.saturation_mode) {
            (false, _) => 0.0,
            (true, SaturationMode::SatSym) => -magnitude + 1.0,
            (true, _) => -magnitude,
        };
        let scale = 2f64.powi(fixed.fractional());
        macro_rules! quantize {
            ($array:expr, $float:ty) => {{
                let (scale, least, most) = (scale as $float, least as $float, (magnitude - 1.0) as $float);
                let quantized = $array.mapv(|x| {
                    let scaled = x * scale;
                    let clamped = if scaled > most {
                        most
                    } else if scaled < least {
                        least
                    } else {
                        scaled
                    };
                    (if is_even { clamped.round_ties_even() } else { clamped.floor() }) / scale
                });
                Ok(quantized.into_owned().into())
            }};
        }
        match values.data()? {
            TensorData::F32(array) => quantize!(array, f32),
            TensorData::F64(array) => quantize!(array, f64),
            _ => Err(QuantizeError::ElementType { quantizer: self.describe(), found: values.dtype().name() }),
        }
    }

    fn describe(&self) -> String {
        format!("quant({})", self.precision)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantize(precision: &str, values: Vec<f64>) -> Result<Vec<f64>, QuantizeError> {
        let quantizer = QuantNodeQuantizer::new(precision.parse().unwrap()).unwrap();
        Ok(quantizer.quantize(&Tensor::vector(values))?.iter_f64()?.collect())
    }

    #[test]
    fn clamps_then_rounds() {
        let values = vec![0.125, 0.375, -0.375, 7.0, -9.0];
        assert_eq!(
            quantize("fixed<4,2,RND_CONV,SAT>", values.clone()).unwrap(),
            [0.0, 0.5, -0.5, 1.75, -2.0]
        );
        assert_eq!(
            quantize("fixed<4,2,TRN,SAT_SYM>", values.clone()).unwrap(),
            [0.0, 0.25, -0.5, 1.75, -1.75]
        );
        assert_eq!(quantize("ufixed<4,2,TRN,WRAP>", values).unwrap(), [0.0, 0.25, 0.0, 3.75, 0.0]);
        assert_eq!(quantize("int<3>", vec![2.9, -2.1, 9.0]).unwrap(), [2.0, -3.0, 3.0]);
    }

    #[test]
    fn widths_of_no_library_do_no_harm() {
        for (width, integer) in [(u32::MAX, i32::MIN), (1 << 31, i32::MAX), (0, i32::MIN)] {
            let precision = FixedPrecision::new(width, integer, true);
            let quantizer = QuantNodeQuantizer::new(precision.into()).unwrap();
            assert!(quantizer.quantize(&Tensor::vector(vec![1.0])).is_ok());
        }
    }

    #[test]
    fn refuses_modes_that_the_formula_lacks() {
        assert!(quantize("fixed<4,2,RND>", vec![0.0]).is_err());
        assert!(quantize("fixed<4,2,TRN,SAT_ZERO>", vec![0.0]).is_err());
        assert!(QuantNodeQuantizer::new(Precision::Xnor).is_none());
    }
}
