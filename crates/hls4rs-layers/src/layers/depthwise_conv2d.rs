//! Convolutions along two axes with filters for each channel.

use super::depthwise_conv1d::initialize;
use super::shapes;
use crate::layer;

layer! {
    /// A convolution along two axes that has filters of its own for each channel and does not sum over channels.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_filt]`;
    /// `weight [filt_height, filt_width, n_chan, depth_multiplier]`, `bias [n_filt]`.
    ///
    /// **Formula:** with a `depth_multiplier` of 1, `y[o, p, c] = bias[c] + Σ_{k, l} x[o · stride_height + k − pad_top,
    /// p · stride_width + l − pad_left, c] · weight[k, l, c, 0]`, where x is zero outside of the input.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.DepthwiseConv2D`, hls4ml 1.3.0.
    ///
    /// **Limits:** the kernels of hls4ml want channels last, a `depth_multiplier` of 1 and a dilation of 1.
    DepthwiseConv2D, DepthwiseConv2DBuilder = "hls4ml.model.layers.DepthwiseConv2D";
    aliases: ["DepthwiseConv2D", "QDepthwiseConv2D"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "channels of the output: `n_chan · depth_multiplier`";
        filt_height: Int, "height of the filters, in pixels";
        filt_width: Int, "width of the filters, in pixels";
        stride_height: Int, "rows from one output pixel to the next";
        stride_width: Int, "columns from one output pixel to the next";
        pad_top: Int, "rows of zeros put above the input";
        pad_bottom: Int, "rows of zeros put below the input";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        weight: Weight, "the filters, `[filt_height, filt_width, n_chan, depth_multiplier]`";
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
        dilation_height: Int = Optional, "rows from one filter pixel to the next, as ONNX's converter has it";
        dilation_width: Int = Optional, "columns from one filter pixel to the next, as ONNX's converter has it";
    }
    weights: {
        weight = "w{index}", "depthwise_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_filt");
    initialize: initialize;
}
