//! The open family of quantizers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Attribute, BridgeError, Precision, ScaledValues, Tensor, TensorError, UnknownObject, from_attribute,
    to_attribute,
};

/// Brings values to those that a precision, or a set of levels, can represent.
///
/// Implementations may live in any crate: `#[typetag::serde(name = "python.module.Class")]` on the `impl` makes
/// archives load and save them. The serde form of the type is the object's `state`.
///
/// **Source:** `hls4ml.model.quantizers.Quantizer`, hls4ml 1.3.0.
#[typetag::serde(tag = "class_name", content = "state")]
pub trait Quantizer: fmt::Debug + Send + Sync {
    /// Number of bits of a quantized value.
    fn bits(&self) -> u32;

    /// Precision of the quantized values.
    fn precision(&self) -> Precision;

    /// The quantized values, in the same shape.
    ///
    /// # Errors
    /// If the quantizer cannot be applied to these values, or not at all.
    fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError>;

    /// The scale as it is configured, if the quantizer has one and it is not null: `alpha` in hls4ml.
    fn alpha(&self) -> Option<&Attribute> {
        None
    }

    /// The quantized values as the quantizer's own function gives them, and their scale.
    ///
    /// # Errors
    /// If the quantizer has no scale, or cannot be applied to these values.
    fn quantize_scaled(&self, _values: &Tensor) -> Result<ScaledValues, QuantizeError> {
        Err(QuantizeError::NoScale { quantizer: self.describe() })
    }

    /// The quantized values of the same quantizer with a scale of 1.
    ///
    /// # Errors
    /// If the quantizer cannot be applied to these values.
    fn quantize_unscaled(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        self.quantize(values)
    }

    /// One line for listings.
    fn describe(&self) -> String;

    /// A copy.
    fn boxed_clone(&self) -> Box<dyn Quantizer>;
}

/// Why a quantizer could not be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantizeError {
    /// The quantizer has no implementation here.
    #[error("quantizer {quantizer}: its values can be loaded and saved, but not computed")]
    NotComputable {
        /// The quantizer.
        quantizer: String,
    },
    /// The quantizer does not support the mode of its precision.
    #[error("quantizer {quantizer}: the {kind} mode {mode} is not supported")]
    UnsupportedMode {
        /// The quantizer.
        quantizer: String,
        /// Rounding or saturation.
        kind: &'static str,
        /// The mode.
        mode: String,
    },
    /// The quantizer does not take values of that type.
    #[error("quantizer {quantizer}: expected floating-point values, found {found}")]
    ElementType {
        /// The quantizer.
        quantizer: String,
        /// Type of the elements found.
        found: &'static str,
    },
    /// The quantizer's configuration is not one that can be applied.
    #[error("quantizer {quantizer}: `{entry}`: expected {expected}, found {found}")]
    Configuration {
        /// The quantizer.
        quantizer: String,
        /// Name of the entry.
        entry: String,
        /// What can be applied.
        expected: String,
        /// What the configuration has.
        found: String,
    },
    /// The quantizer's function has no scale.
    #[error("quantizer {quantizer}: expected a function with a scale, found one without")]
    NoScale {
        /// The quantizer.
        quantizer: String,
    },
    /// The scale is a mean of so many values that it depends on the machine.
    #[error(
        "the scale of an array of shape {shape:?}: expected an array that is summed on one core, found one that is not"
    )]
    NotReproducible {
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// The values cannot be loaded.
    #[error(transparent)]
    Values(#[from] TensorError),
}

/// A quantizer of a registered class, or one that is only kept.
pub enum AnyQuantizer {
    /// A quantizer of a registered class.
    Known(Box<dyn Quantizer>),
    /// A quantizer of a class that nobody registered.
    Unknown(UnknownObject),
}

impl AnyQuantizer {
    /// Wraps a quantizer.
    pub fn new(quantizer: impl Quantizer + 'static) -> Self {
        Self::Known(Box::new(quantizer))
    }

    /// The quantizer, if its class is registered.
    #[must_use]
    pub fn as_known(&self) -> Option<&dyn Quantizer> {
        match self {
            Self::Known(quantizer) => Some(quantizer.as_ref()),
            Self::Unknown(_) => None,
        }
    }

    /// Class as Python names it, module and all.
    #[must_use]
    pub fn class_name(&self) -> &str {
        match self {
            Self::Known(quantizer) => quantizer.typetag_name(),
            Self::Unknown(object) => &object.class_name,
        }
    }

    /// Precision of the quantized values, if the class is registered.
    #[must_use]
    pub fn precision(&self) -> Option<Precision> {
        self.as_known().map(Quantizer::precision)
    }

    /// The quantized values, in the same shape.
    ///
    /// # Errors
    /// If the quantizer cannot be applied to these values, or not at all.
    pub fn quantize(&self, values: &Tensor) -> Result<Tensor, QuantizeError> {
        match self {
            Self::Known(quantizer) => quantizer.quantize(values),
            Self::Unknown(object) => {
                Err(QuantizeError::NotComputable { quantizer: format!("`{}`", object.class_name) })
            }
        }
    }

    /// One line for listings.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Known(quantizer) => quantizer.describe(),
            Self::Unknown(object) => format!("{} (unknown class)", object.class_name),
        }
    }

    /// The quantizer of an object in its plain form, if its class is registered.
    pub(crate) fn known(object: &Attribute) -> Result<Self, BridgeError> {
        from_attribute::<Box<dyn Quantizer>>(object).map(Self::Known)
    }
}

impl Clone for AnyQuantizer {
    fn clone(&self) -> Self {
        match self {
            Self::Known(quantizer) => Self::Known(quantizer.boxed_clone()),
            Self::Unknown(object) => Self::Unknown(object.clone()),
        }
    }
}

impl fmt::Debug for AnyQuantizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(quantizer) => quantizer.fmt(f),
            Self::Unknown(object) => object.fmt(f),
        }
    }
}

impl PartialEq for AnyQuantizer {
    /// Equal class and equal state.
    fn eq(&self, other: &Self) -> bool {
        match (to_attribute(self), to_attribute(other)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }
}

impl Serialize for AnyQuantizer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(quantizer) => quantizer.serialize(serializer),
            Self::Unknown(object) => object.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AnyQuantizer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Attribute::deserialize(deserializer)? {
            Attribute::Quantizer(quantizer) => Ok(*quantizer),
            Attribute::Object(object) => Ok(Self::Unknown(*object)),
            other => {
                Err(serde::de::Error::custom(format!("expected a quantizer, found {}", other.describe())))
            }
        }
    }
}
