//! ONNX's convolutions, before a pass has made them convolutions along one or two axes.

use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// A convolution along one or two axes, as ONNX describes it: weights and bias are inputs.
    ///
    /// **Shapes:** with `n_dim = 1`, `[in_width, n_chan] → [out_width, n_filt]`; with `n_dim = 2`,
    /// `[in_height, in_width, n_chan] → [out_height, out_width, n_filt]`. The second input, the weights, has the shape
    /// `[n_filt, …, n_chan / group]`, the third, the bias, `[n_filt]`. Channels are always last.
    ///
    /// **Source:** `hls4ml.model.layers.Conv`, hls4ml 1.3.0.
    ///
    /// **Limits:** passes replace the layer by `Conv1D`, `Conv2D` or a depthwise one before code is generated.
    Conv, ConvBuilder = "hls4ml.model.layers.Conv";
    aliases: ["Conv"];
    inputs: 1, 3;
    attributes: {
        data_format: String = Optional, "`channels_last`";
        in_width: Int = Optional, "width of the input, in pixels";
        n_chan: Int = Optional, "number of channels of the input";
        n_filt: Int = Optional, "number of filters, which are the channels of the output";
        group: Int = Optional, "number of groups that the channels are in; `n_chan` for a depthwise convolution";
        depth_multiplier: Int = Optional, "number of filters per channel, for a depthwise convolution";
        n_dim: Int = Optional, "number of axes of the convolution: 1 or 2";
        in_height: Int = Optional, "height of the input, in pixels";
        out_height: Int = Optional, "height of the output, in pixels";
        out_width: Int = Optional, "width of the output, in pixels";
        pad_top: Int = Optional, "rows of zeros put above the input";
        pad_left: Int = Optional, "columns of zeros put before the input";
        pad_bottom: Int = Optional, "rows of zeros put below the input";
        pad_right: Int = Optional, "columns of zeros put after the input";
        filt_height: Int = Optional, "height of the filters, in pixels";
        filt_width: Int = Optional, "width of the filters, in pixels";
        stride_height: Int = Optional, "rows from one output pixel to the next";
        stride_width: Int = Optional, "columns from one output pixel to the next";
        dilation_height: Int = Optional, "rows from one filter pixel to the next";
        dilation_width: Int = Optional, "columns from one filter pixel to the next";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let shape = if state.int("n_dim")? == 1 {
        state.sizes(["out_width", "n_filt"])?
    } else {
        state.sizes(["out_height", "out_width", "n_filt"])?
    };
    Ok(vec![shape])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_axes_decides() {
        let inputs = [vec![8, 8, 3], vec![4, 3, 3, 3]];
        let conv = Conv::builder("c").n_dim(2).out_height(6).out_width(6).n_filt(4).build().into_layer();
        assert_eq!(conv.infer(&inputs), Ok(vec![vec![6, 6, 4]]));
        let conv = Conv::builder("c").n_dim(1).out_width(6).n_filt(4).build().into_layer();
        assert_eq!(conv.infer(&inputs), Ok(vec![vec![6, 4]]));
    }
}
