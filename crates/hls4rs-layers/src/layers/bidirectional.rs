//! Two recurrent layers that read a sequence from both ends.

use super::recurrent;
use crate::{Attribute, Initializer, LayerError, WeightOptions, layer};

layer! {
    /// Two recurrent layers, one of which reads the sequence backward.
    ///
    /// **Shapes:** `[n_timesteps, n_in] → [n_out]`, `[n_timesteps, n_out]` with `return_sequences`; the further outputs
    /// with `return_state` are `[n_out]`. `n_out` is the sum of both numbers of states with `merge_mode` `concat`, else
    /// one of them. Weights are as in `LSTM`, `GRU` or `SimpleRNN`.
    ///
    /// **Formula:** those of the two kinds, which `forward_class_name` and `backward_class_name` name; their outputs are
    /// joined or combined by `merge_mode`.
    ///
    /// **Precision:** products, sums and gates in `accum_t`; the states in `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Bidirectional`, hls4ml 1.3.0.
    ///
    /// **Limits:** a direction other than an `LSTM` needs its `recurrent_bias_data`, which converters do not give for
    /// `SimpleRNN`.
    Bidirectional, BidirectionalBuilder = "hls4ml.model.layers.Bidirectional";
    aliases: ["Bidirectional"];
    inputs: 1, 1;
    attributes: {
        n_out: Int, "number of outputs at each step";
        return_sequences: Bool = Bool(false), "whether the output has all steps, not the last one only";
        return_state: Bool = Bool(false), "whether the final states are outputs, too";
        pass_initial_states: Bool = Bool(false), "whether the initial states are inputs; not supported";
        time_major: Bool = Bool(false), "whether the steps come before the batch; not supported";
        forward_activation: String, "name of the activation function of the forward layer";
        forward_recurrent_activation: String, "name of the activation function of the forward layer's gates";
        forward_weight: Weight, "weights of the input, forward";
        forward_bias: Weight, "bias, forward";
        forward_recurrent_weight: Weight, "weights of the state, forward";
        forward_recurrent_bias: Weight, "second bias, forward";
        forward_weight_t: Type, configurable, "type of the input's weights, forward";
        forward_bias_t: Type, configurable, "type of the bias, forward";
        forward_recurrent_weight_t: Type, configurable, "type of the state's weights, forward";
        forward_recurrent_bias_t: Type, configurable, "type of the second bias, forward";
        backward_activation: String, "name of the activation function of the backward layer";
        backward_recurrent_activation: String, "name of the activation function of the backward layer's gates";
        backward_weight: Weight, "weights of the input, backward";
        backward_bias: Weight, "bias, backward";
        backward_recurrent_weight: Weight, "weights of the state, backward";
        backward_recurrent_bias: Weight, "second bias, backward";
        backward_weight_t: Type, configurable, "type of the input's weights, backward";
        backward_bias_t: Type, configurable, "type of the bias, backward";
        backward_recurrent_weight_t: Type, configurable, "type of the state's weights, backward";
        backward_recurrent_bias_t: Type, configurable, "type of the second bias, backward";
        n_timesteps: Int = Optional, "number of steps";
        n_in: Int = Optional, "number of inputs at each step";
        direction: String = Optional, "`bidirectional`";
        merge_mode: String = Optional, "`concat`, `sum`, `mul` or `ave`";
        forward_name: String = Optional, "name of the forward layer in the source model";
        forward_class_name: String = Optional, "kind of the forward layer: `LSTM`, `GRU` or `SimpleRNN`";
        forward_data_format: String = Optional, "data format of the forward layer";
        forward_use_bias: Bool = Optional, "whether the forward layer has a bias";
        forward_epsilon: Float = Optional, "number that the forward layer adds to variances";
        forward_n_states: Int = Optional, "number of states of the forward layer";
        forward_apply_reset_gate: String = Optional, "`before` or `after`, as in `GRU`, forward";
        forward_weight_data: Array = Optional, "the input's weights before quantization, forward";
        forward_recurrent_weight_data: Array = Optional, "the state's weights before quantization, forward";
        forward_bias_data: Array | Float = Optional, "the bias before quantization, forward";
        forward_recurrent_bias_data: Array | Float = Optional, "the second bias before quantization, forward";
        backward_name: String = Optional, "name of the backward layer in the source model";
        backward_class_name: String = Optional, "kind of the backward layer: `LSTM`, `GRU` or `SimpleRNN`";
        backward_data_format: String = Optional, "data format of the backward layer";
        backward_use_bias: Bool = Optional, "whether the backward layer has a bias";
        backward_epsilon: Float = Optional, "number that the backward layer adds to variances";
        backward_n_states: Int = Optional, "number of states of the backward layer";
        backward_apply_reset_gate: String = Optional, "`before` or `after`, as in `GRU`, backward";
        backward_weight_data: Array = Optional, "the input's weights before quantization, backward";
        backward_recurrent_weight_data: Array = Optional, "the state's weights before quantization, backward";
        backward_bias_data: Array | Float = Optional, "the bias before quantization, backward";
        backward_recurrent_bias_data: Array | Float = Optional, "the second bias before quantization, backward";
    }
    weights: {
        forward_weight = "w_f_{index}";
        forward_recurrent_weight = "wr_f_{index}";
        forward_bias = "b_f_{index}";
        forward_recurrent_bias = "br_f_{index}";
        backward_weight = "w_b_{index}";
        backward_recurrent_weight = "wr_b_{index}";
        backward_bias = "b_b_{index}";
        backward_recurrent_bias = "br_b_{index}";
    }
    infer: recurrent::infer;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    recurrent::outputs(init)?;
    for direction in ["forward", "backward"] {
        for weight in ["weight", "recurrent_weight", "bias"] {
            init.add_weight_named(&format!("{direction}_{weight}"), WeightOptions::default())?;
        }
        add_recurrent_bias(init, direction)?;
    }
    Ok(())
}

fn add_recurrent_bias(init: &mut Initializer<'_>, direction: &str) -> Result<(), LayerError> {
    let class = init.state.get(&format!("{direction}_class_name")).and_then(Attribute::as_str);
    let has_one_bias = class == Some("LSTM") && !init.state.attributes.contains("pytorch");
    let data = if has_one_bias {
        Some(recurrent::zero_bias(init.state, &format!("{direction}_recurrent_weight_data"))?)
    } else {
        None
    };
    let name = format!("{direction}_recurrent_bias");
    init.add_weight_named(&name, WeightOptions { data, ..WeightOptions::default() })
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn each_direction_has_the_biases_of_its_kind() {
        let zeros = |shape: &[usize]| Tensor::zeros(shape).unwrap();
        let draft = Bidirectional::builder("both").n_out(4).inputs(["x"]);
        let draft = draft.forward_activation("tanh").forward_recurrent_activation("sigmoid");
        let draft = draft.backward_activation("tanh").backward_recurrent_activation("sigmoid");
        let draft = draft.forward_class_name("LSTM").backward_class_name("GRU");
        let draft = draft.forward_weight(zeros(&[3, 8])).forward_recurrent_weight(zeros(&[2, 8]));
        let draft = draft.backward_weight(zeros(&[3, 6])).backward_recurrent_weight(zeros(&[2, 6]));
        let draft = draft.forward_bias(zeros(&[8])).backward_bias(zeros(&[6]));
        let draft = draft.backward_recurrent_bias(zeros(&[6])).build();
        let state = initialized(draft, &[variable("x", &[5, 3])]);
        assert_eq!(state.weight("forward_recurrent_bias").unwrap().data, Tensor::vector(vec![0f64; 8]));
        assert_eq!(state.weight("backward_recurrent_bias").unwrap().data, zeros(&[6]));
        assert_eq!(state.weight("backward_recurrent_bias").unwrap().name, "br_b_3");
    }
}
