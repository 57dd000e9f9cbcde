//! Predicting with a model in one call.

use hls4rs_archive::Model;
use hls4rs_backend::{SpecializeError, specialize};
use hls4rs_emulator::{Plan, PlanError, PredictOptions, Prediction, RunError};
use hls4rs_types::Tensor;
use thiserror::Error;

/// Why a prediction failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PredictError {
    /// The backend or the way of passing data is unknown.
    #[error(transparent)]
    Specialize(#[from] SpecializeError),
    /// Layers cannot be run.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The inputs do not fit.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Makes a plan for the model's own backend.
///
/// # Errors
/// If the backend is unknown or layers cannot be run; the error lists all of them.
pub fn plan(model: &Model) -> Result<Plan, PredictError> {
    Ok(Plan::new(&specialize(&model.graph)?)?)
}

/// Predicts: one array per input of the model, in order, each with samples as its first dimension, `float32` or `float64`.
/// The results are bit for bit those of the project that hls4ml 1.3.0 compiles from the model.
///
/// Programs that predict often keep a [`plan`] and its sessions.
///
/// # Errors
/// If the backend is unknown, layers cannot be run, or the inputs do not fit.
pub fn predict(
    model: &Model,
    inputs: &[Tensor],
    options: PredictOptions,
) -> Result<Prediction, PredictError> {
    Ok(plan(model)?.predict(inputs, options)?)
}
