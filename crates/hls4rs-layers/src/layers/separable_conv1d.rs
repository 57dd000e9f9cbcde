//! Convolutions along one axis in two parts: a depthwise one, then a pointwise one.

use hls4rs_types::{Precision, Tensor};

use super::shapes;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A convolution along one axis in two parts: a depthwise one without bias, then a pointwise one.
    ///
    /// **Shapes:** `[in_width, n_chan] → [out_width, n_filt]`; `depthwise [filt_width, n_chan, depth_multiplier]`,
    /// `pointwise [1, n_chan · depth_multiplier, n_filt]`, `bias [n_filt]`.
    ///
    /// **Formula:** with a `depth_multiplier` of 1,
    /// `d[o, c] = Σ_k x[o · stride_width + k − pad_left, c] · depthwise[k, c, 0]`, then
    /// `y[o, f] = bias[f] + Σ_c d[o, c] · pointwise[0, c, f]`, where x is zero outside of the input.
    ///
    /// **Precision:** products and sums of the first part in `depthwise_accum_t`, its output in `depthwise_result_t`;
    /// those of the second part in `pointwise_accum_t`, its output in `result_t`. Which of these types a backend knows
    /// is its own affair.
    ///
    /// **Source:** `hls4ml.model.layers.SeparableConv1D`, hls4ml 1.3.0.
    ///
    /// **Limits:** the kernels of hls4ml want channels last and a `depth_multiplier` of 1.
    SeparableConv1D, SeparableConv1DBuilder = "hls4ml.model.layers.SeparableConv1D";
    aliases: ["SeparableConv1D", "QSeparableConv1D"];
    inputs: 1, 1;
    attributes: {
        in_width: Int, "width of the input, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "number of filters, which are the channels of the output";
        depth_multiplier: Int = Int(1), "number of depthwise filters per channel";
        filt_width: Int, "width of the filters, in pixels";
        stride_width: Int, "columns from one output pixel to the next";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        depthwise: Weight, "the filters of the first part, `[filt_width, n_chan, depth_multiplier]`";
        pointwise: Weight, "the filters of the second part, `[1, n_chan · depth_multiplier, n_filt]`";
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
    infer: |state, _| shapes::pixels(state, ["out_width"], "n_filt");
    initialize: initialize;
}

pub(super) fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    for weight in init.spec.weights {
        let quantizer = init.quantizer(weight);
        match weight.name {
            "zero_bias" => init.add_weight(weight, zero_bias(init.state.size("n_chan")?))?,
            "bias" if init.state.get("bias_data").is_none() => init.add_zero_bias(weight)?,
            _ => init.add_weight(weight, WeightOptions { quantizer, ..WeightOptions::default() })?,
        }
    }
    ["pointwise_accum", "depthwise_accum", "depthwise_result"]
        .into_iter()
        .try_for_each(|slot| init.set_type(slot))
}

/// The bias of the depthwise part, which the kernels ask for.
fn zero_bias(n_chan: usize) -> WeightOptions {
    WeightOptions {
        data: Some(Tensor::vector(vec![0f64; n_chan])),
        precision: Some(Precision::uint(1)),
        ..WeightOptions::default()
    }
}
