//! QKeras' binary quantizers.

use serde::{Deserialize, Serialize};

use super::qkeras::describe;
use crate::{Attributes, Precision, QuantizeError, Quantizer, Tensor};

/// A binary quantizer of QKeras, followed by one to −1 and 1, or to 0 and 1 for Xnor products.
///
/// **Limits:** kept, printed and saved; its values are not computed here.
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

#[typetag::serde(name = "hls4ml.model.quantizers.QKerasBinaryQuantizer")]
impl Quantizer for QKerasBinaryQuantizer {
    fn bits(&self) -> u32 {
        if self.xnor { 1 } else { 2 }
    }

    fn precision(&self) -> Precision {
        if self.xnor { Precision::Xnor } else { Precision::int(2) }
    }

    fn quantize(&self, _: &Tensor) -> Result<Tensor, QuantizeError> {
        Err(QuantizeError::NotComputable { quantizer: self.describe() })
    }

    fn describe(&self) -> String {
        describe(&self.config)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(self.clone())
    }
}
