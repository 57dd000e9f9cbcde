//! Convolutions along two axes in two parts: a depthwise one, then a pointwise one.

use super::separable_conv1d::initialize;
use super::shapes;
use crate::layer;

layer! {
    /// A convolution along two axes in two parts: a depthwise one without bias, then a pointwise one.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_filt]`;
    /// `depthwise [filt_height, filt_width, n_chan, depth_multiplier]`,
    /// `pointwise [1, 1, n_chan · depth_multiplier, n_filt]`, `bias [n_filt]`.
    ///
    /// **Formula:** with a `depth_multiplier` of 1,
    /// `d[o, p, c] = Σ_{k, l} x[o · stride_height + k − pad_top, p · stride_width + l − pad_left, c] ·
    /// depthwise[k, l, c, 0]`, then
    /// `y[o, p, f] = bias[f] + Σ_c d[o, p, c] · pointwise[0, 0, c, f]`, where x is zero outside of the input.
    ///
    /// **Precision:** products and sums of the first part in `depthwise_accum_t`, its output in `depthwise_result_t`;
    /// those of the second part in `pointwise_accum_t`, its output in `result_t`. Which of these types a backend knows
    /// is its own affair.
    ///
    /// **Source:** `hls4ml.model.layers.SeparableConv2D`, hls4ml 1.3.0.
    ///
    /// **Limits:** the kernels of hls4ml want channels last and a `depth_multiplier` of 1.
    SeparableConv2D, SeparableConv2DBuilder = "hls4ml.model.layers.SeparableConv2D";
    aliases: ["SeparableConv2D", "QSeparableConv2D"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "number of filters, which are the channels of the output";
        depth_multiplier: Int = Int(1), "number of depthwise filters per channel";
        filt_height: Int, "height of the filters, in pixels";
        filt_width: Int, "width of the filters, in pixels";
        stride_height: Int, "rows from one output pixel to the next";
        stride_width: Int, "columns from one output pixel to the next";
        pad_top: Int, "rows of zeros put above the input";
        pad_bottom: Int, "rows of zeros put below the input";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        depthwise: Weight, "the filters of the first part, `[filt_height, filt_width, n_chan, depth_multiplier]`";
        pointwise: Weight, "the filters of the second part, `[1, 1, n_chan · depth_multiplier, n_filt]`";
        bias: Weight, "the bias of the second part, `[n_filt]`";
        depthwise_t: Type, configurable, "type of the filters of the first part";
        pointwise_t: Type, configurable, "type of the filters of the second part";
        bias_t: Type, configurable, "type of the bias of the second part";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        depthwise_data: Array = Optional, "the filters of the first part before quantization";
        pointwise_data: Array = Optional, "the filters of the second part before quantization";
        bias_data: Array = Optional, "the bias of the second part before quantization; zero if absent";
        depthwise_quantizer: Quantizer = Optional, "quantizer of the filters of the first part";
        pointwise_quantizer: Quantizer = Optional, "quantizer of the filters of the second part";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias of the second part";
        zero_bias: Weight = Optional, "the bias of the first part: zeros, `[n_chan]`";
        zero_bias_t: Type = Optional, "type of the bias of the first part";
    }
    weights: {
        depthwise = "d{index}", "depthwise_quantizer";
        pointwise = "p{index}", "pointwise_quantizer";
        zero_bias = "z{index}";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_filt");
    initialize: initialize;
}
