//! An ONNX model in memory.

use hls4rs_types::Tensor;
use indexmap::IndexMap;

use crate::node::OnnxNode;

/// An ONNX model: operations in order, constants, and the shapes that are known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OnnxGraph {
    /// Names of the model's inputs, constants not among them.
    pub inputs: Vec<String>,
    /// Names of the model's outputs.
    pub outputs: Vec<String>,
    /// The constants, in the order of the file.
    pub initializers: IndexMap<String, Tensor>,
    /// The operations in order.
    pub nodes: Vec<OnnxNode>,
    /// Shapes by tensor, batch included; 0 where a dimension is not known.
    pub shapes: IndexMap<String, Vec<i64>>,
    /// Version of the operators, by domain.
    pub opsets: IndexMap<String, i64>,
}

impl OnnxGraph {
    /// The shape of a tensor, if it is known.
    #[must_use]
    pub fn shape(&self, tensor: &str) -> Option<&[i64]> {
        self.shapes.get(tensor).map(Vec::as_slice)
    }

    /// The value of a constant.
    #[must_use]
    pub fn constant(&self, tensor: &str) -> Option<&Tensor> {
        self.initializers.get(tensor)
    }

    /// The operation that makes a tensor.
    #[must_use]
    pub fn producer(&self, tensor: &str) -> Option<&OnnxNode> {
        self.nodes.iter().find(|node| node.outputs.iter().any(|output| output == tensor))
    }

    /// Whether the model has operations on data with channels last, as qonnx marks them.
    #[must_use]
    pub fn has_channels_last(&self) -> bool {
        self.nodes.iter().any(OnnxNode::is_channels_last)
    }
}
