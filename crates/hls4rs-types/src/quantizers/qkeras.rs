//! QKeras quantizers as the front end found them.

use serde::{Deserialize, Serialize};

use crate::qkeras::{Apply, quantize, quantize_scaled};
use crate::{Attribute, Attributes, Precision, QuantizeError, Quantizer, ScaledValues, Tensor};

/// A quantizer of QKeras: class name and configuration.
///
/// **Formula:** that of the function of QKeras, on single precision.
///
/// **Limits:** functions with random results at inference are kept, printed and saved, but not computed.
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

    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        apply(&self.config, values, Apply::Configured)
    }

    fn alpha(&self) -> Option<&Attribute> {
        inner(&self.config, "alpha").filter(|alpha| !alpha.is_null())
    }

    fn quantize_scaled(&self, values: &Tensor) -> Result<ScaledValues, QuantizeError> {
        quantize_scaled(&self.config, values)
    }

    fn quantize_unscaled(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        apply(&self.config, values, Apply::WithoutScale)
    }

    fn describe(&self) -> String {
        describe(&self.config)
    }

    fn boxed_clone(&self) -> Box<dyn Quantizer> {
        Box::new(self.clone())
    }
}

/// What a function of QKeras makes of values of any type.
pub(super) fn apply(config: &Attributes, values: &Tensor, apply: Apply) -> Result<Tensor, QuantizeError> {
    let single: Vec<f32> = values.iter_f64()?.map(|value| value as f32).collect();
    quantize(config, &Tensor::new(values.shape(), single)?, apply)
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
pub(crate) fn qkeras_class(config: &Attributes) -> &str {
    config.get("class_name").and_then(Attribute::as_str).unwrap_or_default()
}

/// An entry of a QKeras quantizer's inner configuration.
pub(crate) fn inner<'a>(config: &'a Attributes, name: &str) -> Option<&'a Attribute> {
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
