//! Convolutions along one axis with filters for each channel.

use super::shapes;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A convolution along one axis that has filters of its own for each channel and does not sum over channels.
    ///
    /// **Shapes:** `[in_width, n_chan] → [out_width, n_filt]`; `weight [filt_width, n_chan, depth_multiplier]`,
    /// `bias [n_filt]`.
    ///
    /// **Formula:** with a `depth_multiplier` of 1, `y[o, c] = bias[c] + Σ_k x[o · stride_width + k − pad_left, c] ·
    /// weight[k, c, 0]`, where x is zero outside of the input.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.DepthwiseConv1D`, hls4ml 1.3.0.
    ///
    /// **Limits:** the kernels of hls4ml want channels last, a `depth_multiplier` of 1 and a dilation of 1.
    DepthwiseConv1D, DepthwiseConv1DBuilder = "hls4ml.model.layers.DepthwiseConv1D";
    aliases: ["DepthwiseConv1D"];
    inputs: 1, 1;
    attributes: {
        in_width: Int, "width of the input, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "channels of the output: `n_chan · depth_multiplier`";
        filt_width: Int, "width of the filters, in pixels";
        stride_width: Int, "columns from one output pixel to the next";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        weight: Weight, "the filters, `[filt_width, n_chan, depth_multiplier]`";
        bias: Weight, "the bias, `[n_filt]`";
        weight_t: Type, configurable, "type of the filters";
        bias_t: Type, configurable, "type of the bias";
        depth_multiplier: Int = Int(1), "number of filters per channel";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        depthwise_data: Array = Optional, "the filters before quantization";
        weight_data: Array = Optional, "the filters before quantization, as Keras 3's converter and builders have them";
        bias_data: Array = Optional, "the bias before quantization; zero if absent";
        depthwise_quantizer: Quantizer = Optional, "quantizer of the filters";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias";
        dilation_width: Int = Optional, "columns from one filter pixel to the next, as ONNX's converter has it";
    }
    weights: {
        weight = "w{index}", "depthwise_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_width"], "n_filt");
    initialize: initialize;
}

/// The filters come from `depthwise_data`, or from `weight_data` where a layer is described with `weight`.
pub(super) fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for weight in init.spec.weights {
        let quantizer = init.quantizer(weight);
        let options = WeightOptions { quantizer, ..WeightOptions::default() };
        if weight.name == "bias" && init.state.get("bias_data").is_none() {
            init.add_zero_bias(weight)?;
        } else if weight.name == "bias" {
            init.add_weight(weight, options)?;
        } else {
            let given =
                ["depthwise_data", "weight_data"].into_iter().find(|name| init.state.get(name).is_some());
            let data = Some(init.state.array(given.unwrap_or("depthwise_data"))?.clone());
            init.add_weight(weight, WeightOptions { data, ..options })?;
        }
    }
    Ok(())
}
