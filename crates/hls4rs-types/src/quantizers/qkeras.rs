//! QKeras quantizers as the front end found them.

use serde::{Deserialize, Serialize};

use crate::{Attribute, Attributes, Precision, QuantizeError, Quantizer, Tensor};

/// A quantizer of QKeras: class name and configuration.
///
/// **Limits:** kept, printed and saved; its values are not computed here.
///
/// **Source:** `hls4ml.model.quantizers.QKerasQuantizer`, hls4ml 1.3.0. It derives the precision from the
/// configuration of `quantized_bits`, and from the names of ternary and binary quantizers; for all others it takes
/// `fixed<16,6>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QKerasQuantizer {
    /// What QKeras' `get_quantizer` takes: `class_name`, `config` and perhaps more.
    pub config: Attributes,
}

impl QKerasQuantizer {
    /// Class of the QKeras quantizer, such as `quantized_bits`.
    #[must_use]
    pub fn qkeras_class(&self) -> &str {
        qkeras_class(&self.config)
    }
}

#[typetag::serde(name = "hls4ml.model.quantizers.QKerasQuantizer")]
impl Quantizer for QKerasQuantizer {
    fn bits(&self) -> u32 {
        self.precision().width()
    }

    fn precision(&self) -> Precision {
        let class = self.qkeras_class();
        if class == "quantized_bits" {
            return quantized_bits(&self.config);
        }
        if class.contains("ternary") {
            return Precision::int(2);
        }
        if class.contains("binary") { Precision::Xnor } else { Precision::fixed(16, 6) }
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

/// Precision of a `quantized_bits`: the sign bit is not counted as an integer bit by QKeras.
fn quantized_bits(config: &Attributes) -> Precision {
    let number = |name| inner(config, name).and_then(Attribute::as_int);
    let width = number("bits").and_then(|bits| u32::try_from(bits).ok()).unwrap_or(0);
    let integer = number("integer").and_then(|bits| i32::try_from(bits).ok()).unwrap_or(0);
    match (width, integer) {
        (1, 1) => Precision::Xnor,
        (width, integer) if i64::from(width) == i64::from(integer) => Precision::int(width),
        (width, integer) => Precision::fixed(width, integer.saturating_add(1)),
    }
}

/// Class of a QKeras quantizer; empty where the configuration names none.
pub(super) fn qkeras_class(config: &Attributes) -> &str {
    config.get("class_name").and_then(Attribute::as_str).unwrap_or_default()
}

/// An entry of a QKeras quantizer's inner configuration.
pub(super) fn inner<'a>(config: &'a Attributes, name: &str) -> Option<&'a Attribute> {
    config.get("config")?.as_map()?.get(name)
}

/// A QKeras quantizer in one line: class, bits, integer bits and scale.
pub(super) fn describe(config: &Attributes) -> String {
    let shown =
        ["bits", "integer", "max_value", "alpha"].into_iter().filter_map(|name| match inner(config, name)? {
            Attribute::Int(value) => Some(format!("{name}={value}")),
            Attribute::Float(value) => Some(format!("{name}={value}")),
            Attribute::String(value) => Some(format!("{name}={value}")),
            _ => None,
        });
    format!("{}({})", qkeras_class(config), shown.collect::<Vec<_>>().join(", "))
}
