//! Predicting whole arrays of samples, on all cores.

use hls4rs_graph::Origin;
use hls4rs_types::{DType, Tensor};

use crate::error::RunError;
use crate::log::Ledger;
use crate::plan::Plan;

/// What is done beside predicting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PredictOptions {
    /// Keep what every layer made.
    pub trace: bool,
    /// Count what values lost; every layer is computed like its definition then.
    pub ledger: bool,
    /// Compute every layer like its definition.
    pub reference: bool,
}

impl PredictOptions {
    /// The same, keeping what every layer made or not.
    #[must_use]
    pub fn with_trace(self, trace: bool) -> Self {
        Self { trace, ..self }
    }

    /// The same, counting what values lost or not.
    #[must_use]
    pub fn with_ledger(self, ledger: bool) -> Self {
        Self { ledger, ..self }
    }

    /// The same, computing every layer like its definition or not.
    #[must_use]
    pub fn with_reference(self, reference: bool) -> Self {
        Self { reference, ..self }
    }
}

/// What a prediction gives.
#[derive(Debug, Clone, Default)]
pub struct Prediction {
    /// The model's outputs, in order, each `[samples, …]`.
    pub outputs: Vec<Tensor>,
    /// What every layer made, in order of layers, if asked for.
    pub trace: Vec<TracedOutput>,
    /// What values lost, if asked for.
    pub ledger: Option<Ledger>,
}

/// What a layer made of all samples.
#[derive(Debug, Clone)]
pub struct TracedOutput {
    /// Name of the layer.
    pub layer: String,
    /// Name of the output; most layers have one of their own name.
    pub output: String,
    /// The layer of the source model that the layer comes from, and what the values are there, if it is known.
    pub origin: Option<Origin>,
    /// The values, `[samples, …]`.
    pub values: Tensor,
}

impl Plan {
    /// Predicts all samples of the inputs, on all cores: one array per input of the model, in order, each
    /// `[samples, …shape]` or `[samples, elements]`, `float32` or `float64`. The results are of the same kind.
    ///
    /// With spiking neurons, samples are time steps: they are computed in order, the first one with potentials of zero. A
    /// [`Plan::predictor`] predicts again and again with the same memory.
    ///
    /// # Errors
    /// If an input has another shape than the model's, or the inputs are of different or other kinds.
    pub fn predict(&self, inputs: &[Tensor], options: PredictOptions) -> Result<Prediction, RunError> {
        let mut predictor = self.predictor(options);
        predictor.predict(inputs)?;
        Ok(predictor.into_prediction())
    }

    /// Checks kinds and shapes, and counts the samples.
    pub(crate) fn check(&self, inputs: &[Tensor]) -> Result<usize, RunError> {
        if inputs.len() != self.inputs.len() {
            return Err(RunError::InputCount { expected: self.inputs.len(), found: inputs.len() });
        }
        let samples = inputs.first().and_then(|input| input.shape().first().copied()).unwrap_or(1);
        let dtype = inputs.first().map_or(DType::F32, Tensor::dtype);
        for (port, input) in self.inputs.iter().zip(inputs) {
            let is_real = matches!(input.dtype(), DType::F32 | DType::F64);
            if !is_real || input.dtype() != dtype {
                let expected = if is_real { dtype.name() } else { "float32 or float64" };
                return Err(RunError::Type {
                    port: port.name.clone(),
                    expected: expected.to_owned(),
                    found: input.dtype().name().to_owned(),
                });
            }
            let fits = input.shape().split_first().is_some_and(|(first, rest)| {
                *first == samples && (rest == port.shape || rest == [port.len()])
            });
            if !fits {
                return Err(RunError::Shape {
                    port: port.name.clone(),
                    samples,
                    expected: port.shape.clone(),
                    found: input.shape().to_vec(),
                });
            }
        }
        Ok(samples)
    }
}
