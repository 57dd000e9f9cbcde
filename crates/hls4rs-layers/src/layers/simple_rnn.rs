//! Simple recurrent layers.

use super::recurrent;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A fully connected recurrent layer.
    ///
    /// **Shapes:** `[n_timesteps, n_in] → [n_out]`, `[n_timesteps, n_out]` with `return_sequences`; the further outputs
    /// with `return_state` and the further inputs with `pass_initial_states` are `[n_out]`. `weight [n_in, n_out]`,
    /// `recurrent_weight [n_out, n_out]`, `bias` and `recurrent_bias [n_out]`.
    ///
    /// **Formula:** `h[t] = f(x[t] · weight + bias + h[t−1] · recurrent_weight + recurrent_bias)`.
    ///
    /// **Precision:** products, sums and the argument of the activation in `accum_t`; the state in `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.SimpleRNN`, hls4ml 1.3.0.
    ///
    /// **Limits:** hls4ml's own initialization fails with `return_state`. `recurrent_bias` is that of PyTorch's layers;
    /// others have none.
    SimpleRNN, SimpleRNNBuilder = "hls4ml.model.layers.SimpleRNN";
    aliases: ["SimpleRNN", "QSimpleRNN"];
    inputs: 1, 2;
    attributes: {
        n_out: Int, "number of states";
        activation: String, "name of the activation function";
        return_sequences: Bool = Bool(false), "whether the output has all steps, not the last one only";
        return_state: Bool = Bool(false), "whether the final states are outputs, too";
        pass_initial_states: Bool = Bool(false), "whether the initial state is an input";
        direction: String = Str("forward"), configurable, "`forward` or `backward`";
        weight: Weight, "weights of the input, `[n_in, n_out]`";
        bias: Weight, "bias, `[n_out]`";
        recurrent_weight: Weight, "weights of the state, `[n_out, n_out]`";
        weight_t: Type, configurable, "type of the input's weights";
        bias_t: Type, configurable, "type of the bias";
        recurrent_weight_t: Type, configurable, "type of the state's weights";
        n_timesteps: Int = Optional, "number of steps";
        n_in: Int = Optional, "number of inputs at each step";
        time_major: Bool = Optional, "whether the steps come before the batch; not supported";
        recurrent_bias: Weight = Optional, "second bias, `[n_out]`";
        recurrent_bias_t: Type = Optional, configurable, "type of the second bias";
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
    if init.state.attributes.contains("pytorch") {
        init.add_weight_named("recurrent_bias", WeightOptions::default())?;
    }
    Ok(())
}
