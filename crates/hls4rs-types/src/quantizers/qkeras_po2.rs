//! QKeras' quantizers to powers of two.

use serde::{Deserialize, Serialize};

use super::qkeras::{apply, describe, inner};
use crate::qkeras::Apply;
use crate::{Attribute, Attributes, ExponentPrecision, Precision, QuantizeError, Quantizer, Tensor};

/// A power-of-two quantizer of QKeras.
///
/// **Formula:** that of the function of QKeras, on single precision.
///
/// **Precision:** a signed exponent of as many bits as the quantizer has.
///
/// **Source:** `hls4ml.model.quantizers.QKerasPO2Quantizer`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QKerasPo2Quantizer {
    /// What QKeras' `get_quantizer` takes: `class_name`, `config` and perhaps more.
    pub config: Attributes,
}

#[typetag::serde(name = "hls4ml.model.quantizers.QKerasPO2Quantizer")]
impl Quantizer for QKerasPo2Quantizer {
    fn bits(&self) -> u32 {
        let bits = inner(&self.config, "bits").and_then(Attribute::as_int);
        bits.and_then(|bits| u32::try_from(bits).ok()).unwrap_or(0)
    }

    fn precision(&self) -> Precision {
        ExponentPrecision { width: self.bits(), signed: true }.into()
    }

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        apply(&self.config, values, Apply::Configured)
    }

    fn describe(&self) -> String {
        describe(&self.config)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(self.clone())
    }
}
