//! Long short-term memory.

use super::recurrent;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A long short-term memory.
    ///
    /// **Shapes:** `[n_timesteps, n_in] → [n_out]`, `[n_timesteps, n_out]` with `return_sequences`; the further outputs
    /// with `return_state` and the further inputs with `pass_initial_states` (hidden state, cell state) are `[n_out]`.
    /// `weight [n_in, 4 · n_out]`, `recurrent_weight [n_out, 4 · n_out]`, both biases `[4 · n_out]`, with the gates
    /// input, forget, cell, output in this order.
    ///
    /// **Formula:** with the gates `z = x[t] · weight + bias + h[t−1] · recurrent_weight + recurrent_bias`,
    /// `i = g(z_i)`, `f = g(z_f)`, `o = g(z_o)` of `recurrent_activation` and `c̃ = a(z_c)` of `activation`:
    /// `c[t] = f · c[t−1] + i · c̃`, `h[t] = o · a(c[t])`.
    ///
    /// **Precision:** products, sums, gates and the activated cell state in `accum_t`; both states in `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.LSTM`, hls4ml 1.3.0.
    ///
    /// **Limits:** hls4ml's own initialization fails with `return_state`.
    LSTM, LSTMBuilder = "hls4ml.model.layers.LSTM";
    aliases: ["LSTM", "QLSTM"];
    inputs: 1, 3;
    attributes: {
        n_out: Int, "number of states";
        activation: String, "name of the activation function of cell input and output";
        recurrent_activation: String, "name of the activation function of the gates";
        return_sequences: Bool = Bool(false), "whether the output has all steps, not the last one only";
        return_state: Bool = Bool(false), "whether the final states are outputs, too";
        pass_initial_states: Bool = Bool(false), "whether the initial states are inputs";
        direction: String = Str("forward"), "`forward` or `backward`";
        time_major: Bool = Bool(false), "whether the steps come before the batch; not supported";
        weight: Weight, "weights of the input, `[n_in, 4 · n_out]`";
        bias: Weight, "bias, `[4 · n_out]`";
        recurrent_weight: Weight, "weights of the state, `[n_out, 4 · n_out]`";
        recurrent_bias: Weight, "second bias, `[4 · n_out]`; zeros but for PyTorch's layers";
        weight_t: Type, configurable, "type of the input's weights";
        bias_t: Type, configurable, "type of the bias";
        recurrent_weight_t: Type, configurable, "type of the state's weights";
        recurrent_bias_t: Type, configurable, "type of the second bias";
        n_timesteps: Int = Optional, "number of steps";
        n_in: Int = Optional, "number of inputs at each step";
        weight_data: Array = Optional, "the input's weights before quantization";
        recurrent_weight_data: Array = Optional, "the state's weights before quantization";
        bias_data: Array = Optional, "the bias before quantization";
        recurrent_bias_data: Array = Optional, "the second bias before quantization";
    }
    weights: {
        weight = "w{index}";
        recurrent_weight = "wr{index}";
        bias = "b{index}";
        recurrent_bias = "br{index}";
    }
    infer: recurrent::infer;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    recurrent::outputs(init)?;
    for weight in ["weight", "recurrent_weight", "bias"] {
        init.add_weight_named(weight, WeightOptions::default())?;
    }
    let data = if init.state.attributes.contains("pytorch") {
        None
    } else {
        Some(recurrent::zero_bias(init.state, "recurrent_weight_data")?)
    };
    init.add_weight_named("recurrent_bias", WeightOptions { data, ..WeightOptions::default() })
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::layers::testing::{initialized, try_initialize, variable};

    fn draft() -> crate::Draft {
        let zeros = |shape: &[usize]| Tensor::zeros(shape).unwrap();
        let lstm =
            LSTM::builder("lstm").n_out(2).n_timesteps(5).activation("tanh").recurrent_activation("sigmoid");
        lstm.weight(zeros(&[3, 8])).recurrent_weight(zeros(&[2, 8])).bias(zeros(&[8])).inputs(["x"]).build()
    }

    #[test]
    fn the_second_bias_is_zero_in_double_precision() {
        let state = initialized(draft(), &[variable("x", &[5, 3])]);
        assert_eq!(state.weight("recurrent_bias").unwrap().data, Tensor::vector(vec![0f64; 8]));
        assert_eq!(state.variable("lstm").unwrap().shape, [2]);
        let error = try_initialize(draft().with("pytorch", true), &[variable("x", &[5, 3])]).unwrap_err();
        assert_eq!(error.to_string(), "attribute `recurrent_bias_data`: expected an array, found none");
    }

    #[test]
    fn states_are_outputs_of_their_own() {
        let draft =
            draft().outputs(["y", "h", "c"]).with("return_state", true).with("return_sequences", true);
        let state = initialized(draft, &[variable("x", &[5, 3])]);
        let variables = ["y", "h", "c"].map(|output| state.variable(output).unwrap());
        assert_eq!(variables.map(|v| v.name.as_str()), ["layer3_out", "layer3_h", "layer3_c"]);
        assert_eq!(variables.map(|v| v.shape.as_slice()), [&[5, 2][..], &[2], &[2]]);
        assert_eq!(state.named_type("result_t").unwrap().name, "layer3_c_t");
    }
}
