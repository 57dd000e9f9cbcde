//! What can be wrong with one layer.

use hls4rs_types::{Attribute, BridgeError, QuantizeError, TensorError};

/// What is wrong with one layer, as one whole sentence: causes are part of the message. Whoever knows the layer's name
/// puts it in front.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LayerError {
    /// An attribute that the layer needs is not there.
    #[error("attribute `{attribute}`: expected {expected}, found none")]
    MissingAttribute {
        /// Name of the attribute.
        attribute: String,
        /// What was expected.
        expected: String,
    },
    /// An attribute is of another kind, or out of its range.
    #[error("attribute `{attribute}`: expected {expected}, found {found}")]
    WrongAttribute {
        /// Name of the attribute.
        attribute: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The layer has more or fewer inputs than it takes.
    #[error("expected {expected}, found {found}")]
    InputCount {
        /// How many inputs it takes.
        expected: String,
        /// How many there are.
        found: usize,
    },
    /// No output of that name comes before the layer.
    #[error("input `{input}`: no layer before this one has such an output")]
    UnknownInput {
        /// Name of the input.
        input: String,
    },
    /// The shapes of the inputs do not go with the layer.
    #[error("input shapes: expected {expected}, found {found}")]
    InputShape {
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The configuration says nothing about something that the layer needs, or something impossible.
    #[error("configuration: {message}")]
    Configuration {
        /// What is missing or wrong.
        message: String,
    },
    /// A quantizer could not be applied to the weights.
    #[error("weight `{weight}`: {cause}")]
    Quantize {
        /// Name of the weight.
        weight: String,
        /// Why.
        cause: QuantizeError,
    },
    /// An array could not be made, or its elements not be loaded.
    #[error("weight `{weight}`: {cause}")]
    Tensor {
        /// Name of the weight.
        weight: String,
        /// Why.
        cause: TensorError,
    },
    /// The state of the layer is not what its class holds.
    #[error(transparent)]
    State(#[from] BridgeError),
    /// The class is not registered, so nothing is known about it.
    #[error("class `{class_name}` is not registered: it can be kept and saved, but not {action}")]
    Opaque {
        /// The class.
        class_name: String,
        /// What was asked for.
        action: &'static str,
    },
    /// The kind exists in hls4ml only on the way through the conversion, or not in this form.
    #[error("{message}")]
    Unsupported {
        /// Why.
        message: String,
    },
}

impl LayerError {
    /// The error for an array of that attribute.
    pub(crate) fn tensor(weight: &str, cause: TensorError) -> Self {
        Self::Tensor { weight: weight.to_owned(), cause }
    }

    /// The error for an attribute that is missing or of another kind.
    #[must_use]
    pub fn attribute(name: &str, expected: impl ToString, found: Option<&Attribute>) -> Self {
        let (attribute, expected) = (name.to_owned(), expected.to_string());
        match found {
            None => Self::MissingAttribute { attribute, expected },
            Some(found) => {
                let found = match found {
                    Attribute::Int(value) => value.to_string(),
                    Attribute::Float(value) => value.to_string(),
                    Attribute::Bool(value) => value.to_string(),
                    Attribute::String(value) => format!("the string \"{value}\""),
                    other => other.describe().to_owned(),
                };
                Self::WrongAttribute { attribute, expected, found }
            }
        }
    }
}

/// One finding of a layer's own check.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Name of the kind of finding, in kebab case.
    pub id: &'static str,
    /// What was found.
    pub error: LayerError,
    /// What to do about it.
    pub help: Option<String>,
}
