//! Normalization with the statistics of each step.

use super::shapes::same_shape;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A normalization of each step of a sequence with its own mean and variance.
    ///
    /// **Shapes:** `[seq_len, d] → [seq_len, d]`; `scale` and `bias` `[d]`, with `d = n_in / seq_len`.
    ///
    /// **Formula:** `y[i] = (x[i] − m) · r · scale[i] + bias[i]` with the mean `m`, the variance `v` and
    /// `r ≈ 1 / sqrt(v + 10^−epsilon_power_of_10)` from a table that has `v` rounded down to its step.
    ///
    /// **Precision:** sums, mean and variance in `accum_t`, the table in `table_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.LayerNormalization`, hls4ml 1.3.0.
    LayerNormalization, LayerNormalizationBuilder = "hls4ml.model.layers.LayerNormalization";
    aliases: ["LayerNormalization"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements of the whole sequence";
        seq_len: Int, "number of steps";
        axis: Int = Int(2), "axis of the normalization, counted from 0 with the batch; the kernels know 2 alone";
        epsilon_power_of_10: Int = Int(3), "negative decimal exponent of the number added to the variance";
        scale: Weight, "factors after the normalization";
        bias: Weight, "summands after the normalization";
        scale_t: Type, configurable, "type of the factors";
        bias_t: Type, configurable, "type of the summands";
        n_out: Int = Optional, "number of elements of the output";
        gamma_data: Array = Optional, "the factors before quantization";
        beta_data: Array = Optional, "the summands before quantization";
    }
    weights: {
        scale = "s{index}";
        bias = "b{index}";
    }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for (weight, source) in [("scale", "gamma_data"), ("bias", "beta_data")] {
        let data = Some(init.state.array(source)?.clone());
        init.add_weight_named(weight, WeightOptions { data, ..WeightOptions::default() })?;
    }
    Ok(())
}
