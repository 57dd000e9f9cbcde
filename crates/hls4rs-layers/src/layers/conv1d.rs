//! Convolutions along one axis.

use super::shapes;
use crate::layer;

layer! {
    /// A convolution along one axis.
    ///
    /// **Shapes:** `[in_width, n_chan] → [out_width, n_filt]`; `weight [filt_width, n_chan, n_filt]`, `bias [n_filt]`.
    ///
    /// **Formula:** `y[o, f] = bias[f] + Σ_{k, c} x[o · stride_width + k · dilation − pad_left, c] · weight[k, c, f]`,
    /// where x is zero outside of the input.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Conv1D`, hls4ml 1.3.0.
    ///
    /// **Limits:** the kernels of hls4ml want channels last, and those of Vivado and Vitis take the dilation for 1.
    Conv1D, Conv1DBuilder = "hls4ml.model.layers.Conv1D";
    aliases: ["Conv1D", "QConv1D"];
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
        weight: Weight, "the filters, `[filt_width, n_chan, n_filt]`";
        bias: Weight, "the bias, `[n_filt]`";
        weight_t: Type, configurable, "type of the filters";
        bias_t: Type, configurable, "type of the bias";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        weight_data: Array = Optional, "the filters before quantization";
        bias_data: Array = Optional, "the bias before quantization; zero if absent";
        weight_quantizer: Quantizer = Optional, "quantizer of the filters";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias";
        dilation: Int = Optional, "columns from one filter pixel to the next, as PyTorch's converter has it";
        dilation_width: Int = Optional, "columns from one filter pixel to the next, as ONNX's converter has it";
    }
    weights: {
        weight = "w{index}", "weight_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_width"], "n_filt");
    initialize: |init| init.outputs_and_weights();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_where_the_format_has_them() {
        let draft = |format: &str| Conv1D::builder("c").out_width(6).n_filt(4).data_format(format).build();
        let input = [vec![8, 3]];
        assert_eq!(draft("channels_last").into_layer().infer(&input), Ok(vec![vec![6, 4]]));
        assert_eq!(draft("channels_first").into_layer().infer(&input), Ok(vec![vec![4, 6]]));
    }
}
