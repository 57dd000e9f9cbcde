//! Contractions with a constant tensor.

use crate::{Initializer, LayerError, LayerState, Shape, WeightOptions, layer};

layer! {
    /// A contraction of the input with weights over any axes, by Einstein's summation convention.
    ///
    /// **Shapes:** `inp_shape → out_shape`; `weight` as the second operand of the equation, `bias` as the output, until
    /// the backend brings both into the order in which it computes.
    ///
    /// **Formula:** `y = einsum(equation, x, weight) + bias`.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.EinsumDense`, hls4ml 1.3.0.
    EinsumDense, EinsumDenseBuilder = "hls4ml.model.layers.EinsumDense";
    aliases: ["EinsumDense"];
    inputs: 1, 1;
    attributes: {
        weight: Weight, "the weights";
        bias: Weight, "the bias";
        weight_t: Type, configurable, "type of the weights";
        bias_t: Type, configurable, "type of the bias";
        accum_t: Type, configurable, "type of intermediate sums";
        equation: String, "axes of input, weights and output: `…ab,bc->…ac`";
        inp_shape: Shape, "dimensions of the input, batch omitted";
        out_shape: Shape, "dimensions of the output, batch omitted";
        weight_data: Array = Optional, "the weights before quantization";
        bias_data: Array = Optional, "the bias before quantization";
    }
    weights: {
        weight = "w{index}";
        bias = "b{index}";
    }
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![state.shape("out_shape")?])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for weight in init.spec.weights {
        if weight.name == "bias" && init.state.get("bias_data").is_none() {
            init.add_zero_bias(weight)?;
        } else {
            let compress = weight.name == "weight" && init.is_compressed();
            init.add_weight(weight, WeightOptions { compress, ..WeightOptions::default() })?;
        }
    }
    Ok(())
}
