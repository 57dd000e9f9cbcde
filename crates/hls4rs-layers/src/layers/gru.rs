//! Gated recurrent units.

use super::recurrent;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A layer of gated recurrent units.
    ///
    /// **Shapes:** `[n_timesteps, n_in] → [n_out]`, `[n_timesteps, n_out]` with `return_sequences`; the further outputs
    /// with `return_state` and the further input with `pass_initial_states` are `[n_out]`. `weight [n_in, 3 · n_out]`,
    /// `recurrent_weight [n_out, 3 · n_out]`, both biases `[3 · n_out]`, with the gates update, reset, candidate in
    /// this order.
    ///
    /// **Formula:** with `u = x[t] · weight + bias`, `v = h[t−1] · recurrent_weight + recurrent_bias`, the gates
    /// `z = g(u_z + v_z)`, `r = g(u_r + v_r)` of `recurrent_activation` and `h̃ = a(u_h + r · v_h)` of `activation`:
    /// `h[t] = z · h[t−1] + (1 − z) · h̃`. With the reset gate `before`, `r · h[t−1]` is multiplied by the weights
    /// instead.
    ///
    /// **Precision:** products, sums and gates in `accum_t`; the state in `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.GRU`, hls4ml 1.3.0.
    ///
    /// **Limits:** hls4ml's own initialization fails with `return_state`; the second state, which the unit does not
    /// have, is one of its outputs then. `recurrent_bias_data` is needed.
    GRU, GRUBuilder = "hls4ml.model.layers.GRU";
    aliases: ["GRU", "QGRU"];
    inputs: 1, 2;
    attributes: {
        n_out: Int, "number of states";
        activation: String, "name of the activation function of the candidate";
        recurrent_activation: String, "name of the activation function of the gates";
        return_sequences: Bool = Bool(false), "whether the output has all steps, not the last one only";
        return_state: Bool = Bool(false), "whether the final states are outputs, too";
        pass_initial_states: Bool = Bool(false), "whether the initial state is an input";
        direction: String = Str("forward"), "`forward` or `backward`";
        time_major: Bool = Bool(false), "whether the steps come before the batch; not supported";
        apply_reset_gate: String = Str("after"), "`before` or `after` the product with the recurrent weights";
        weight: Weight, "weights of the input, `[n_in, 3 · n_out]`";
        bias: Weight, "bias, `[3 · n_out]`";
        recurrent_weight: Weight, "weights of the state, `[n_out, 3 · n_out]`";
        recurrent_bias: Weight, "bias of the state, `[3 · n_out]`";
        weight_t: Type, configurable, "type of the input's weights";
        bias_t: Type, configurable, "type of the bias";
        recurrent_weight_t: Type, configurable, "type of the state's weights";
        recurrent_bias_t: Type, configurable, "type of the state's bias";
        n_timesteps: Int = Optional, "number of steps";
        n_in: Int = Optional, "number of inputs at each step";
        weight_data: Array = Optional, "the input's weights before quantization";
        recurrent_weight_data: Array = Optional, "the state's weights before quantization";
        bias_data: Array | Float = Optional, "the bias before quantization; the first number of it where hls4ml lost the others";
        recurrent_bias_data: Array | Float = Optional, "the state's bias before quantization; the second number likewise";
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
    for weight in init.spec.weights {
        init.add_weight(weight, WeightOptions::default())?;
    }
    Ok(())
}
