//! Convolutions along one axis with filters of one pixel.

use super::shapes;
use crate::layer;

layer! {
    /// A convolution along one axis with filters of one pixel, for which backends have kernels of their own.
    ///
    /// **Shapes:** `[in_width, n_chan] → [out_width, n_filt]`; `weight [1, n_chan, n_filt]`, `bias [n_filt]`.
    ///
    /// **Formula:** `y[o, f] = bias[f] + Σ_c x[o · stride_width, c] · weight[0, c, f]`.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.backends.fpga.fpga_layers.PointwiseConv1D`, hls4ml 1.3.0.
    ///
    /// **Limits:** a pass makes the layer from a `Conv1D` whose attributes, output and weights it takes over, so that
    /// initialization makes none.
    PointwiseConv1D, PointwiseConv1DBuilder = "hls4ml.backends.fpga.fpga_layers.PointwiseConv1D";
    aliases: ["PointwiseConv1D"];
    inputs: 1, 1;
    attributes: {
        in_width: Int, "width of the input, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "number of filters, which are the channels of the output";
        filt_width: Int, "width of the filters, in pixels";
        stride_width: Int, "columns from one output pixel to the next";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        weight: Weight, "the filters, `[1, n_chan, n_filt]`";
        bias: Weight, "the bias, `[n_filt]`";
        weight_t: Type, configurable, "type of the filters";
        bias_t: Type, configurable, "type of the bias";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        weight_data: Array = Optional, "the filters before quantization";
        bias_data: Array = Optional, "the bias before quantization; zero if absent";
        weight_quantizer: Quantizer = Optional, "quantizer of the filters";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias";
    }
    weights: {
        weight = "w{index}", "weight_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_width"], "n_filt");
    initialize: |_| Ok(());
}
