//! Two levels: −1 and 1, or 0 and 1.

use serde::{Deserialize, Serialize};

use super::ternary::{Levels, apply_levels};
use crate::{Precision, QuantizeError, Quantizer, Tensor, TensorData};

/// Quantizes to −1 and 1 with two bits, to 0 and 1 with one bit.
///
/// **Formula:** with two bits `x ≥ 0 ? 1 : −1`, in the values' own type; with one bit `x ≥ 0 ? 1 : 0` as 64-bit
/// integers, also of such integers, so that all are 1 after the second time. NaN is not `≥ 0`.
///
/// **Precision:** `int<2>`, or the Xnor type with one bit.
///
/// **Source:** `hls4ml.model.quantizers.BinaryQuantizer`, hls4ml 1.3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "State")]
pub struct BinaryQuantizer {
    bits: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    bits: u32,
}

impl TryFrom<State> for BinaryQuantizer {
    type Error = String;

    fn try_from(State { bits }: State) -> Result<Self, Self::Error> {
        match bits {
            1 | 2 => Ok(Self { bits }),
            _ => Err(format!("expected 1 or 2 bits for a binary quantizer, found {bits}")),
        }
    }
}

impl BinaryQuantizer {
    /// The quantizer to −1 and 1.
    pub const PLUS_MINUS_ONE: Self = Self { bits: 2 };
    /// The quantizer to 0 and 1.
    pub const ZERO_ONE: Self = Self { bits: 1 };
}

#[typetag::serde(name = "hls4ml.model.quantizers.BinaryQuantizer")]
impl Quantizer for BinaryQuantizer {
    fn bits(&self) -> u32 {
        self.bits
    }

    fn precision(&self) -> Precision {
        if self.bits == 1 { Precision::Xnor } else { Precision::int(2) }
    }

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        if self.bits == 2 {
            return apply_levels(
                values,
                &self.describe(),
                |x| if x >= 0.0 { Levels::High } else { Levels::Low },
            );
        }
        macro_rules! bits {
            ($array:expr) => {
                Ok($array.mapv(|x| i64::from(f64::from(x) >= 0.0)).into_owned().into())
            };
        }
        match values.data()? {
            TensorData::F16(array) => bits!(array),
            TensorData::F32(array) => bits!(array),
            TensorData::F64(array) => bits!(array),
            // hls4ml's passes quantize again what they have quantized
            TensorData::I64(array) => Ok(array.mapv(|x| i64::from(x >= 0)).into_owned().into()),
            _ => Err(QuantizeError::ElementType { quantizer: self.describe(), found: values.dtype().name() }),
        }
    }

    fn describe(&self) -> String {
        format!("binary({} bits)", self.bits)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_levels() {
        let values = Tensor::new(&[2, 2], vec![-0.5f32, 0.0, f32::NAN, 3.0]).unwrap();
        let pm = BinaryQuantizer::PLUS_MINUS_ONE.quantize(&values).unwrap();
        assert_eq!(pm, Tensor::new(&[2, 2], vec![-1f32, 1.0, -1.0, 1.0]).unwrap());
        let bits = BinaryQuantizer::ZERO_ONE.quantize(&values).unwrap();
        assert_eq!(bits, Tensor::new(&[2, 2], vec![0i64, 1, 0, 1]).unwrap());
        assert!(BinaryQuantizer::ZERO_ONE.quantize(&Tensor::vector(vec![1u8])).is_err());
        let again = BinaryQuantizer::ZERO_ONE.quantize(&bits).unwrap();
        assert_eq!(again, Tensor::new(&[2, 2], vec![1i64; 4]).unwrap());
    }
}
