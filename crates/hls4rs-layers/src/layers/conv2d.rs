//! Convolutions along two axes.

use super::shapes;
use crate::layer;

layer! {
    /// A convolution along two axes.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_filt]`;
    /// `weight [filt_height, filt_width, n_chan, n_filt]`, `bias [n_filt]`.
    ///
    /// **Formula:** `y[o, p, f] = bias[f] + Σ_{k, l, c} x[o · stride_height + k − pad_top, p · stride_width + l −
    /// pad_left, c] · weight[k, l, c, f]`, where x is zero outside of the input.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Conv2D`, hls4ml 1.3.0.
    ///
    /// **Limits:** the kernels of hls4ml want channels last and take dilations for 1.
    Conv2D, Conv2DBuilder = "hls4ml.model.layers.Conv2D";
    aliases: ["Conv2D", "BinaryConv2D", "QConv2D"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "number of filters, which are the channels of the output";
        filt_height: Int, "height of the filters, in pixels";
        filt_width: Int, "width of the filters, in pixels";
        stride_height: Int, "rows from one output pixel to the next";
        stride_width: Int, "columns from one output pixel to the next";
        pad_top: Int, "rows of zeros put above the input";
        pad_bottom: Int, "rows of zeros put below the input";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        weight: Weight, "the filters, `[filt_height, filt_width, n_chan, n_filt]`";
        bias: Weight, "the bias, `[n_filt]`";
        weight_t: Type, configurable, "type of the filters";
        bias_t: Type, configurable, "type of the bias";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        weight_data: Array = Optional, "the filters before quantization";
        bias_data: Array = Optional, "the bias before quantization; zero if absent";
        weight_quantizer: Quantizer = Optional, "quantizer of the filters";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias";
        dilation: Int = Optional, "rows and columns from one filter pixel to the next, as PyTorch's converter has it";
        dilation_height: Int = Optional, "rows from one filter pixel to the next, as ONNX's converter has it";
        dilation_width: Int = Optional, "columns from one filter pixel to the next, as ONNX's converter has it";
    }
    weights: {
        weight = "w{index}", "weight_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_filt");
    initialize: |init| init.outputs_and_weights();
}
