//! Errors of planning and running.

use std::fmt;

use hls4rs_backend::Vendor;
use hls4rs_layers::LayerError;
use hls4rs_types::TensorError;
use thiserror::Error;

use crate::logic::ParseError;

/// A layer that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedLayer {
    /// Name of the layer.
    pub layer: String,
    /// Kind of the layer.
    pub kind: String,
    /// Why it cannot be run.
    pub reason: String,
}

impl fmt::Display for UnsupportedLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.layer, self.kind, self.reason)
    }
}

/// Why a model cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Nothing can be run for the backend.
    #[error("the backend `{vendor}`: expected one of {}, found one {reason}", runnable())]
    Backend {
        /// The backend.
        vendor: Vendor,
        /// Why nothing can be run for it.
        reason: &'static str,
    },
    /// Layers that cannot be run: all of them.
    #[error("{} of the model's layers cannot be run: {}", .0.len(), join(.0))]
    Unsupported(Vec<UnsupportedLayer>),
    /// A layer reads an output that no layer before it makes, or the graph's outputs name none.
    #[error("`{place}`: expected an output that a layer makes, found `{output}`")]
    NoSuchOutput {
        /// What reads it.
        place: String,
        /// The name of the output.
        output: String,
    },
}

/// The backends that models can be run for.
fn runnable() -> String {
    let is_runnable = |vendor: &Vendor| crate::kernels::backend_reason(*vendor).is_none();
    let names = Vendor::ALL.into_iter().filter(is_runnable).map(|vendor| format!("`{vendor}`"));
    names.collect::<Vec<_>>().join(", ")
}

fn join(layers: &[UnsupportedLayer]) -> String {
    layers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Why a layer has no kernel. The layer's name and kind are added by the planner.
#[derive(Debug, Error)]
pub(crate) enum KernelError {
    /// hls4ml's C++ cannot run it either, or does something that is not defined.
    #[error("{0}")]
    Unsupported(String),
    /// An attribute is missing or of another type.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// A weight cannot be loaded.
    #[error(transparent)]
    Tensor(#[from] TensorError),
    /// Generated code cannot be read.
    #[error(transparent)]
    Code(#[from] ParseError),
}

impl KernelError {
    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Self::Unsupported(reason.into())
    }
}

/// Why a prediction failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// An input of another shape than the model's.
    #[error("`{port}`: expected the shape [{samples}, …] with {expected:?} per sample, found {found:?}")]
    Shape {
        /// Name of the input.
        port: String,
        /// Number of samples.
        samples: usize,
        /// Shape of one sample.
        expected: Vec<usize>,
        /// The shape found, samples included.
        found: Vec<usize>,
    },
    /// An input of another kind of numbers.
    #[error("`{port}`: expected an array of {expected}, found {found}")]
    Type {
        /// Name of the input.
        port: String,
        /// The kind expected.
        expected: String,
        /// The kind found.
        found: String,
    },
    /// hls4ml's C++ does something here that is not defined, so that there is no result to be equal to.
    #[error(
        "`{layer}`, sample {sample}: hls4ml's C++ reads memory beside a table or array here, which is not defined"
    )]
    Undefined {
        /// Name of the layer.
        layer: String,
        /// Number of the sample.
        sample: usize,
    },
    /// A number needs more bits than can be computed with.
    #[error(
        "`{layer}`: expected numbers of at most {} bits on the way, found wider ones",
        hls4rs_fixed::MAX_WIDTH
    )]
    TooWide {
        /// Name of the layer.
        layer: String,
    },
    /// An array cannot be read or made.
    #[error(transparent)]
    Tensor(#[from] TensorError),
    /// Another number of inputs than the model has.
    #[error("expected {expected} inputs, found {found}")]
    InputCount {
        /// Inputs of the model.
        expected: usize,
        /// Inputs given.
        found: usize,
    },
    /// Another number of outputs than the model has.
    #[error("expected room for {expected} outputs, found {found}")]
    OutputCount {
        /// Outputs of the model.
        expected: usize,
        /// Outputs given.
        found: usize,
    },
    /// A layer that the plan does not have.
    #[error("expected a layer of the plan, found `{layer}`")]
    NoSuchLayer {
        /// Its name.
        layer: String,
    },
    /// An output that no layer of the plan makes.
    #[error("expected an output of a layer of the plan, found `{port}`")]
    NoSuchOutput {
        /// Name of the output.
        port: String,
    },
    /// More samples than the session was made for.
    #[error("expected at most {capacity} samples, found {found}")]
    TooManySamples {
        /// Samples that the session has room for.
        capacity: usize,
        /// Samples given.
        found: usize,
    },
    /// An input or output of another size than the model's.
    #[error("`{port}`: expected {expected} elements ({samples} samples of shape {shape:?}), found {found}")]
    Size {
        /// Name of the input or output.
        port: String,
        /// Number of samples.
        samples: usize,
        /// Shape of one sample.
        shape: Vec<usize>,
        /// Elements expected.
        expected: usize,
        /// Elements found.
        found: usize,
    },
}
