//! Zeros put around an input, along one axis.

use super::shapes;
use crate::layer;

layer! {
    /// Zeros put around the input along one axis.
    ///
    /// **Shapes:** `[in_width, n_chan] → [out_width, n_chan]`; further inputs are ONNX's sizes and value, which
    /// a pass removes.
    ///
    /// **Formula:** `y[o, c] = x[o − pad_left, c]`, where x is zero outside of the input.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.ZeroPadding1D`, hls4ml 1.3.0.
    ZeroPadding1D, ZeroPadding1DBuilder = "hls4ml.model.layers.ZeroPadding1D";
    aliases: ["ZeroPadding1D"];
    inputs: 1, 3;
    attributes: {
        in_width: Int, "width of the input, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
    }
    weights: {}
    infer: |state, _| shapes::pixels(state, ["out_width"], "n_chan");
    initialize: |init| init.outputs_like_input();
}
