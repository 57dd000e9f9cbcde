//! What the recurrent kinds share: shapes and names of outputs, and biases of zeros.

use hls4rs_types::Tensor;

use crate::{Initializer, LayerError, LayerState, OutputOptions, Shape};

/// All steps or the last one; then, with `return_state`, the final hidden and cell state.
pub(super) fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let n_out = state.size("n_out")?;
    let steps = if state.is_set("return_sequences") { Some(state.size("n_timesteps")?) } else { None };
    let sequence = steps.into_iter().chain([n_out]).collect();
    let states = if state.is_set("return_state") { 2 } else { 0 };
    Ok([sequence].into_iter().chain(std::iter::repeat_n(vec![n_out], states)).collect())
}

/// Adds the outputs; those of the states have names and types of their own.
pub(super) fn outputs(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let names = [None, Some("h"), Some("c")];
    for (output, (shape, name)) in init.infer()?.into_iter().zip(names).enumerate() {
        let variable = name.map(|name| format!("layer{{index}}_{name}"));
        let type_name = name.map(|name| format!("layer{{index}}_{name}_t"));
        init.add_output(&shape, OutputOptions { output, variable, type_name, precision: None })?;
    }
    Ok(())
}

/// As many zeros as the recurrent weights in that attribute have columns, for source layers with one bias only.
pub(super) fn zero_bias(state: &LayerState, recurrent_weight: &str) -> Result<Tensor, LayerError> {
    let weights = state.array(recurrent_weight)?;
    match weights.shape() {
        [_, columns, ..] if !weights.is_empty() => Ok(Tensor::vector(vec![0f64; *columns])),
        _ => Err(LayerError::attribute(recurrent_weight, "a matrix", state.get(recurrent_weight))),
    }
}
