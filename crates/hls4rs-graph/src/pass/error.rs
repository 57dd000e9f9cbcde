//! Why passes and flows fail.

use hls4rs_layers::LayerError;
use hls4rs_types::{QuantizeError, TensorError};

use crate::GraphError;

/// Why a pass cannot do its work at a layer. The driver adds the names of flow, pass and layer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PassError {
    /// The graph does not allow it.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The layer does not allow it.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// An array cannot be loaded or changed.
    #[error(transparent)]
    Tensor(#[from] TensorError),
    /// A quantizer cannot be applied.
    #[error(transparent)]
    Quantize(#[from] QuantizeError),
    /// The model has something that cannot be converted.
    #[error("expected {expected}, found {found}")]
    Unsupported {
        /// What can be converted.
        expected: String,
        /// What the model has.
        found: String,
        /// What to do about it.
        help: String,
    },
}

impl PassError {
    /// The model has something that cannot be converted.
    #[must_use]
    pub fn unsupported(expected: impl ToString, found: impl ToString, help: impl ToString) -> Self {
        Self::Unsupported { expected: expected.to_string(), found: found.to_string(), help: help.to_string() }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Unsupported { help, .. } => Some(help),
            _ => None,
        }
    }
}

/// Why a flow ended before its end. The graph is as it was before the flow.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// A pass cannot do its work.
    #[error("flow `{flow}`, pass `{pass}`{}: {cause}", at(layer))]
    Pass {
        /// Name of the flow.
        flow: String,
        /// Name of the pass.
        pass: String,
        /// Name of the layer, if the pass was at one.
        layer: Option<String>,
        /// What is wrong.
        cause: Box<PassError>,
    },
    /// A pass left a graph that is none: a fault of the pass.
    #[error("flow `{flow}`, pass `{pass}`{}: expected a sound graph behind it, found {cause}", at(layer))]
    Broken {
        /// Name of the flow.
        flow: String,
        /// Name of the pass.
        pass: String,
        /// Name of the layer, if the pass was at one.
        layer: Option<String>,
        /// What is wrong with the graph.
        cause: Box<GraphError>,
    },
    /// Passes change the graph again and again.
    #[error("flow `{flow}`: expected an end, found that {} still change the graph after {rounds} rounds", passes.join(", "))]
    Unsettled {
        /// Name of the flow.
        flow: String,
        /// Passes of the last rounds, with their layers.
        passes: Vec<String>,
        /// How many times the flow began again.
        rounds: usize,
    },
}

impl FlowError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Pass { cause, .. } => cause.help(),
            Self::Broken { .. } => Some("this is a fault of the pass; please report it with the model"),
            Self::Unsettled { .. } => Some("two passes undo each other; leave one of them out of the flow"),
        }
    }
}

fn at(layer: &Option<String>) -> String {
    layer.as_ref().map(|layer| format!(", layer `{layer}`")).unwrap_or_default()
}
