//! Fully connected layers.

use crate::{Initializer, LayerError, LayerState, Shape, WeightOptions, layer};

layer! {
    /// A fully connected layer over the last dimension.
    ///
    /// **Shapes:** `[…, n_in] → […, n_out]`; `weight [n_in, n_out]`, `bias [n_out]`.
    ///
    /// **Formula:** `y[j] = bias[j] + Σ_i x[i] · weight[i, j]`.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Dense`, hls4ml 1.3.0.
    Dense, DenseBuilder = "hls4ml.model.layers.Dense";
    aliases: ["Dense", "BinaryDense", "TernaryDense", "QDense"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of inputs";
        n_out: Int, "number of outputs";
        weight: Weight, "the matrix, `[n_in, n_out]`";
        bias: Weight, "the bias, `[n_out]`";
        weight_t: Type, configurable, "type of the weights";
        bias_t: Type, configurable, "type of the bias";
        weight_data: Array = Optional, "the matrix before quantization";
        bias_data: Array = Optional, "the bias before quantization";
        weight_quantizer: Quantizer = Optional, "quantizer of the weights";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias";
    }
    weights: {
        weight = "w{index}", "weight_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let mut shape = inputs.first().cloned().unwrap_or_default();
    if let Some(last) = shape.last_mut() {
        *last = state.size("n_out")?;
    }
    Ok(vec![shape])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for weight in init.spec.weights {
        let quantizer = init.quantizer(weight);
        if weight.name == "bias" && init.state.get("bias_data").is_none() {
            init.add_zero_bias(weight)?;
        } else {
            let compress = weight.name == "weight" && init.is_compressed();
            init.add_weight(weight, WeightOptions { quantizer, compress, ..WeightOptions::default() })?;
        }
    }
    Ok(())
}
