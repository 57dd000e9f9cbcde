//! The operators that are converted, a file each or a file for operators of one form.

pub(crate) mod activation;
mod batch_normalization;
mod bipolar_quant;
mod clip;
mod concat;
mod conv;
mod flatten;
mod global_pool;
mod matmul;
mod merge;
mod pad;
mod pool;
mod quant;
mod reshape;
mod resize;
mod transpose;

use hls4rs_frontend::{Entry, Problem};

use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// An operation in its place, as handlers see it.
pub(crate) struct Context<'a> {
    /// The model.
    pub(crate) graph: &'a OnnxGraph,
    /// The operation.
    pub(crate) node: &'a OnnxNode,
    /// Names of the tensors that it reads, those of operations that were left out replaced.
    pub(crate) inputs: &'a [String],
    /// Shapes of what it reads, batch included. Scalars have none and are left out, as hls4ml does.
    pub(crate) shapes: &'a [Vec<i64>],
}

/// The largest number that is taken for a size of a window.
const MOST: i64 = 1 << 24;

/// Makes a layer of an operation.
pub(crate) type Convert = fn(&Context<'_>) -> Result<Entry, Problem>;

/// The operators in order, with what converts them.
pub(crate) const HANDLERS: &[(&[&str], Convert)] = &[
    (&["MatMul"], matmul::convert),
    (activation::OPERATORS, activation::convert),
    (&["Clip"], clip::convert),
    (&["BatchNormalization"], batch_normalization::convert),
    (&["Quant", "IntQuant"], quant::convert),
    (&["BipolarQuant"], bipolar_quant::convert),
    (&["Conv"], conv::convert),
    (merge::OPERATORS, merge::convert),
    (&["Concat"], concat::convert),
    (&["AveragePool", "MaxPool"], pool::convert),
    (&["GlobalMaxPool", "GlobalAveragePool"], global_pool::convert),
    (&["Transpose"], transpose::convert),
    (&["Reshape"], reshape::convert),
    (&["Flatten"], flatten::convert),
    (&["Resize"], resize::convert),
    (&["Pad"], pad::convert),
];

/// Operators that do nothing when a model predicts, and are left out.
pub(crate) const SKIPPED: &[&str] = &["Dropout", "Identity"];

/// What converts an operator.
pub(crate) fn handler(op_type: &str) -> Option<Convert> {
    HANDLERS.iter().find(|(operators, _)| operators.contains(&op_type)).map(|(_, convert)| *convert)
}

impl Context<'_> {
    /// A layer of that class with the operation's name and connections, in the order `name`, `class_name`.
    pub(crate) fn entry(&self, class_name: &str) -> Entry {
        Entry::new()
            .with("name", self.node.name.as_str())
            .with("class_name", class_name)
            .with("inputs", self.inputs.to_vec())
            .with("outputs", self.node.outputs.clone())
    }

    /// The same in the order `class_name`, `name`.
    pub(crate) fn entry_by_class(&self, class_name: &str) -> Entry {
        Entry::new()
            .with("class_name", class_name)
            .with("name", self.node.name.as_str())
            .with("inputs", self.inputs.to_vec())
            .with("outputs", self.node.outputs.clone())
    }

    /// The shape of an input.
    pub(crate) fn shape(&self, input: usize) -> Result<&[i64], Problem> {
        self.shapes.get(input).map(Vec::as_slice).ok_or_else(|| {
            Problem::malformed(
                format!("expected a known shape of input {input}, found none"),
                "run shape inference on the model",
            )
        })
    }

    /// An attribute of so many integers.
    pub(crate) fn ints(&self, name: &str, count: usize) -> Result<Vec<i64>, Problem> {
        let found = self.node.ints(name).unwrap_or_default();
        if found.len() == count && found.iter().all(|value| (-MOST..=MOST).contains(value)) {
            return Ok(found.to_vec());
        }
        let found = if found.is_empty() { "none".to_owned() } else { format!("{found:?}") };
        Err(Problem::unsupported(
            format!("attribute `{name}`: expected {count} integers, found {found}"),
            "convolutions and poolings over one or two dimensions can be converted",
        ))
    }

    /// An attribute of so many integers from 1, or ones if there is none.
    pub(crate) fn ints_or_ones(&self, name: &str, count: usize) -> Result<Vec<i64>, Problem> {
        if self.node.ints(name).is_none() { Ok(vec![1; count]) } else { self.ints(name, count) }
    }

    /// Refuses data with channels before the pixels.
    pub(crate) fn channels_last(&self) -> Result<(), Problem> {
        if self.node.is_channels_last() {
            return Ok(());
        }
        Err(Problem::unsupported(
            "expected data with channels last, found an operation on channels first",
            "the model is brought to channels last unless a part of it has no such form",
        ))
    }

    /// The layout of the whole model.
    pub(crate) fn layout(&self) -> &'static str {
        if self.graph.has_channels_last() { "channels_last" } else { "channels_first" }
    }
}
