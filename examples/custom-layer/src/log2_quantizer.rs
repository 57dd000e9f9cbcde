//! A quantizer to powers of two.

use hls4rs::types::serde::{Deserialize, Serialize};
use hls4rs::types::{
    DType, Element, ExponentPrecision, Precision, QuantizeError, Quantizer, Tensor, typetag,
};

/// Brings values to the nearest power of two, on the logarithmic scale, and keeps their sign.
///
/// Exponents go from `−2^(bits−1)` to `2^(bits−1) − 1`. Zero becomes the smallest positive value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(crate = "hls4rs::types::serde", deny_unknown_fields)]
pub struct Log2Quantizer {
    /// Number of bits of the exponent; from 1 to 8, so that the powers are numbers of single precision.
    pub bits: u32,
}

impl Log2Quantizer {
    fn quantized(&self, value: f64) -> f64 {
        let half = f64::from(1 << (self.bits.clamp(1, 8) - 1));
        let exponent = value.abs().log2().round().clamp(-half, half - 1.0);
        exponent.exp2().copysign(value)
    }

    fn map<T: Element>(&self, values: &Tensor, into: fn(f64) -> T) -> Result<Tensor, QuantizeError> {
        let elements = values.iter_f64()?.map(|value| into(self.quantized(value))).collect();
        Tensor::new(values.shape(), elements).map_err(|_| self.refused(values))
    }

    fn refused(&self, values: &Tensor) -> QuantizeError {
        QuantizeError::ElementType { quantizer: self.describe(), found: values.dtype().name() }
    }
}

#[typetag::serde(name = "my_detector.quantizers.Log2Quantizer")]
impl Quantizer for Log2Quantizer {
    fn bits(&self) -> u32 {
        self.bits
    }

    fn precision(&self) -> Precision {
        ExponentPrecision { width: self.bits, signed: true }.into()
    }

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        match values.dtype() {
            DType::F32 => self.map(values, |value| value as f32),
            DType::F64 => self.map(values, |value| value),
            _ => Err(self.refused(values)),
        }
    }

    fn describe(&self) -> String {
        format!("log2({} bits)", self.bits)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(self.clone())
    }
}
