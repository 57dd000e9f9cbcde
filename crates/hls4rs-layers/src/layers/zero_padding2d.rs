//! Zeros put around an input, along two axes.

use super::shapes;
use crate::layer;

layer! {
    /// Zeros put around the input along two axes.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_chan]`; further inputs are ONNX's
    /// sizes and value, which a pass removes.
    ///
    /// **Formula:** `y[o, p, c] = x[o − pad_top, p − pad_left, c]`, where x is zero outside of the input.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.ZeroPadding2D`, hls4ml 1.3.0.
    ZeroPadding2D, ZeroPadding2DBuilder = "hls4ml.model.layers.ZeroPadding2D";
    aliases: ["ZeroPadding2D"];
    inputs: 1, 3;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels";
        pad_top: Int, "rows of zeros put above the input";
        pad_bottom: Int, "rows of zeros put below the input";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
    }
    weights: {}
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_chan");
    initialize: |init| init.outputs_like_input();
}
