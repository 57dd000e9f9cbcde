//! Decisions from spikes.

use super::shapes::first_input;
use crate::{Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// A decision from the spikes, or the membrane potentials, of a window of time steps.
    ///
    /// **Shapes:** `[n_classes] → [1]`, one time step.
    ///
    /// **Formula:** with `output_mode` `spike`, spikes are counted per class; with `membrane`, `m ← beta · m + x`. At the
    /// end of the window, `decision_rule` makes a class number of counts or potentials, or, with `binary_logit`, the
    /// difference of the two classes; then counts and potentials are 0 again.
    ///
    /// **Precision:** potentials in `membrane_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.SNNReadout`, hls4ml's development branch of 2026-06-10.
    ///
    /// **Limits:** attributes and their order are taken from archives, and cover what those hold.
    SNNReadout, SNNReadoutBuilder = "hls4ml.model.layers.SNNReadout";
    aliases: ["SNNReadout"];
    inputs: 1, 1;
    attributes: {
        n_classes: Int, "number of classes";
        window_size: Int, "time steps per decision";
        class_threshold: Int, "spikes that decide for a class, where the rule has a threshold";
        output_mode: String, "`spike` or `membrane`";
        beta: Float, "share of the potential that stays at each step";
        decision_rule: String,
            "`argmax_spike_count`, `first_to_threshold`, `threshold_then_argmax`, `binary_logit` or `argmax_membrane`";
        state_reset_policy: String, "`fixed_window`, `tlast`, `host_pulse` or `never`; the kernels know the first alone";
        membrane_t: Type, configurable, "type of the potential";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let mut shape = first_input(inputs)?.clone();
    if let Some(last) = shape.last_mut() {
        *last = 1;
    }
    Ok(vec![shape])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    init.set_type("membrane")
}
