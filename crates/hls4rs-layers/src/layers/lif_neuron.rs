//! Spiking neurons that leak.

use super::shapes::same_shape;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// Leaky integrate-and-fire neurons, which keep a membrane potential from one call to the next.
    ///
    /// **Shapes:** `[n_in] → [n_out]`, one time step; `threshold_vec` and `beta_vec` `[n_out]`, where they are vectors.
    ///
    /// **Formula:** `m ← beta · m + x`; where `m` reaches the threshold, `y = 1` and `m` is reset: to 0, or by
    /// subtraction of the threshold. Else `y = 0`. After `window_size` steps all `m` are 0 again.
    ///
    /// **Precision:** `m` in `membrane_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.LIFNeuron`, hls4ml's development branch of 2026-06-10.
    ///
    /// **Limits:** attributes and their order are taken from archives, and cover what those hold.
    LIFNeuron, LIFNeuronBuilder = "hls4ml.model.layers.LIFNeuron";
    aliases: ["LIFNeuron"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of inputs";
        n_out: Int, "number of neurons, which is that of inputs";
        threshold: Float, "threshold of all neurons, 0 where each has its own";
        beta: Float, "share of the potential that stays at each step, 0 where each neuron has its own";
        threshold_mode: String, "`scalar` or `vector`";
        beta_mode: String, "`scalar` or `vector`";
        reset_mechanism: String, "`subtract` or `zero`";
        beta_t: Type, configurable, "type of `beta`";
        threshold_t: Type, configurable, "type of the threshold";
        membrane_t: Type, configurable, "type of the potential";
        window_size: Int, "time steps between resets of the state, 0 for none";
        threshold_data: Array = Optional, "thresholds of the neurons before quantization";
        beta_data: Array = Optional, "shares of the neurons before quantization";
        threshold_vec: Weight = Optional, "thresholds of the neurons";
        threshold_vec_t: Type = Optional, "type of the thresholds of the neurons";
        beta_vec: Weight = Optional, "shares of the neurons";
        beta_vec_t: Type = Optional, "type of the shares of the neurons";
    }
    weights: {
        threshold_vec = "th{index}";
        beta_vec = "be{index}";
    }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for slot in ["beta", "threshold", "membrane"] {
        init.set_type(slot)?;
    }
    for slot in ["threshold", "beta"] {
        add_vector(init, slot)?;
    }
    Ok(())
}

/// Adds the values of the neurons in the type of the slot, if each neuron has its own.
pub(super) fn add_vector(init: &mut Initializer<'_>, slot: &str) -> Result<(), LayerError> {
    if init.state.str(&format!("{slot}_mode")) != Ok("vector") {
        return Ok(());
    }
    let data = Some(init.state.array(&format!("{slot}_data"))?.clone());
    let (precision, type_name) = init.precision(slot)?;
    let options = WeightOptions {
        data,
        precision: Some(precision),
        type_name: Some(type_name),
        ..WeightOptions::default()
    };
    init.add_weight_named(&format!("{slot}_vec"), options)
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn makes_attributes_in_the_order_of_archives() {
        let draft =
            LIFNeuron::builder("neuron").n_in(2).n_out(2).threshold(1.0).beta(0.0).beta_mode("vector");
        let draft = draft.threshold_mode("scalar").reset_mechanism("subtract").window_size(0);
        let draft = draft.beta_data(Tensor::vector(vec![0.5f32, 0.9])).inputs(["x"]).build();
        let state = initialized(draft, &[variable("x", &[2])]);
        let names: Vec<_> = state.attributes.names().skip_while(|name| *name != "index").collect();
        let expected = "index result_t neuron beta_t threshold_t membrane_t beta_vec_t beta_vec trace";
        assert_eq!(names.join(" "), expected);
    }
}
