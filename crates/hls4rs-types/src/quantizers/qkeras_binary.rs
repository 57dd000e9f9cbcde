//! QKeras' binary quantizers.

use serde::{Deserialize, Serialize};

use super::BinaryQuantizer;
use super::qkeras::{apply, describe, inner};
use crate::qkeras::{Apply, quantize_scaled};
use crate::{Attribute, Attributes, Precision, QuantizeError, Quantizer, ScaledValues, Tensor};

/// A binary quantizer of QKeras, followed by one to −1 and 1, or to 0 and 1 for Xnor products.
///
/// **Formula:** that of the function of QKeras, on single precision, and then the sign of its result.
///
/// **Source:** `hls4ml.model.quantizers.QKerasBinaryQuantizer`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QKerasBinaryQuantizer {
    /// What QKeras' `get_quantizer` takes: `class_name`, `config` and perhaps more.
    pub config: Attributes,
    /// Whether the levels are 0 and 1 rather than −1 and 1.
    #[serde(default)]
    pub xnor: bool,
}

impl QKerasBinaryQuantizer {
    fn levels(&self) -> BinaryQuantizer {
        if self.xnor { BinaryQuantizer::ZERO_ONE } else { BinaryQuantizer::PLUS_MINUS_ONE }
    }
}

#[typetag::serde(name = "hls4ml.model.quantizers.QKerasBinaryQuantizer")]
impl Quantizer for QKerasBinaryQuantizer {
    fn bits(&self) -> u32 {
        if self.xnor { 1 } else { 2 }
    }

    fn precision(&self) -> Precision {
        if self.xnor { Precision::Xnor } else { Precision::int(2) }
    }

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        self.levels().quantize(&apply(&self.config, values, Apply::Configured)?)
    }

    fn alpha(&self) -> Option<&Attribute> {
        inner(&self.config, "alpha").filter(|alpha| !alpha.is_null())
    }

    fn quantize_scaled(&self, values: &Tensor) -> Result<ScaledValues, QuantizeError> {
        quantize_scaled(&self.config, values)
    }

    fn quantize_unscaled(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        self.levels().quantize(&apply(&self.config, values, Apply::WithoutScale)?)
    }

    fn describe(&self) -> String {
        describe(&self.config)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(self.clone())
    }
}
