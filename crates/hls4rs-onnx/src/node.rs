//! One operation of an ONNX model.

use hls4rs_types::Tensor;
use indexmap::IndexMap;

/// An operation: what it is, what it reads and makes, and how it is set up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OnnxNode {
    /// Name of the node; may be empty.
    pub name: String,
    /// The operator: `Conv`.
    pub op_type: String,
    /// The operator's domain; empty for ONNX' own.
    pub domain: String,
    /// Names of the tensors that it reads; an empty name stands for none.
    pub inputs: Vec<String>,
    /// Names of the tensors that it makes.
    pub outputs: Vec<String>,
    /// How it is set up, in the order of the file.
    pub attributes: IndexMap<String, NodeAttribute>,
    /// Name of the node in the file that it was made of, where cleaning gave it another name.
    pub origin: String,
}

/// The value of an attribute of an operation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NodeAttribute {
    /// A number.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A text.
    Text(String),
    /// An array.
    Tensor(Tensor),
    /// Numbers.
    Floats(Vec<f32>),
    /// Integers.
    Ints(Vec<i64>),
    /// Texts.
    Texts(Vec<String>),
    /// Anything else, by the number of its type in ONNX.
    Other(i32),
}

impl OnnxNode {
    /// An integer attribute.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.attributes.get(name)? {
            NodeAttribute::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// An attribute of integers.
    #[must_use]
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        match self.attributes.get(name)? {
            NodeAttribute::Ints(values) => Some(values),
            _ => None,
        }
    }

    /// A numeric attribute, in double precision as hls4ml sees it.
    #[must_use]
    pub fn float(&self, name: &str) -> Option<f64> {
        match self.attributes.get(name)? {
            NodeAttribute::Float(value) => Some(f64::from(*value)),
            _ => None,
        }
    }

    /// A text attribute.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name)? {
            NodeAttribute::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The node and its operator, for messages: `` `Conv_0` (Conv) ``.
    #[must_use]
    pub fn place(&self) -> String {
        let names = [&self.origin, &self.name].into_iter().chain(&self.outputs);
        let named = names.map(String::as_str).find(|name| !name.is_empty()).unwrap_or_default();
        format!("`{named}` ({})", self.op_type)
    }

    /// Whether it is an operation whose data has its channels in the last dimension.
    #[must_use]
    pub fn is_channels_last(&self) -> bool {
        self.domain == CHANNELS_LAST
    }
}

/// The domain of operations on data with channels last, as qonnx marks them.
pub(crate) const CHANNELS_LAST: &str = "qonnx.custom_op.channels_last";
