//! Spiking neurons that do not leak.

use super::lif_neuron::add_vector;
use super::shapes::same_shape;
use crate::{Initializer, LayerError, layer};

layer! {
    /// Integrate-and-fire neurons, which keep a membrane potential from one call to the next.
    ///
    /// **Shapes:** `[n_in] → [n_out]`, one time step; `threshold_vec [n_out]`, where it is a vector.
    ///
    /// **Formula:** `m ← m + x`; where `m` reaches the threshold, `y = 1` and `m` is reset: to 0, or by subtraction of the
    /// threshold. Else `y = 0`. After `window_size` steps all `m` are 0 again.
    ///
    /// **Precision:** `m` in `membrane_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.IFNeuron`, hls4ml's development branch of 2026-06; `parse_lif_layer` of
    /// `hls4ml.converters.pytorch.snn`, which makes it of neurons that keep all of their potential.
    IFNeuron, IFNeuronBuilder = "hls4ml.model.layers.IFNeuron";
    aliases: ["IFNeuron"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of inputs";
        n_out: Int, "number of neurons, which is that of inputs";
        threshold: Float, "threshold of all neurons, 0 where each has its own";
        threshold_mode: String, "`scalar` or `vector`";
        reset_mechanism: String, "`subtract` or `zero`";
        threshold_t: Type, configurable, "type of the threshold";
        membrane_t: Type, configurable, "type of the potential";
        window_size: Int, "time steps between resets of the state, 0 for none";
        threshold_data: Array = Optional, "thresholds of the neurons before quantization";
        threshold_vec: Weight = Optional, "thresholds of the neurons";
        threshold_vec_t: Type = Optional, "type of the thresholds of the neurons";
    }
    weights: {
        threshold_vec = "th{index}";
    }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for slot in ["threshold", "membrane"] {
        init.set_type(slot)?;
    }
    add_vector(init, "threshold")
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn makes_attributes_in_order() {
        let draft = IFNeuron::builder("neuron").n_in(2).n_out(2).threshold(0.0).threshold_mode("vector");
        let draft = draft.reset_mechanism("zero").window_size(0);
        let draft = draft.threshold_data(Tensor::vector(vec![0.5f32, 0.9])).inputs(["x"]).build();
        let state = initialized(draft, &[variable("x", &[2])]);
        let names: Vec<_> = state.attributes.names().skip_while(|name| *name != "index").collect();
        let expected = "index result_t neuron threshold_t membrane_t threshold_vec_t threshold_vec trace";
        assert_eq!(names.join(" "), expected);
    }
}
