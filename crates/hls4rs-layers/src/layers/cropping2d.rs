//! An input without its margins, along two axes.

use super::shapes;
use crate::layer;

layer! {
    /// The input without its margins along two axes.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_chan]`.
    ///
    /// **Formula:** `y[o, p, c] = x[o + crop_top, p + crop_left, c]`.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.Cropping2D`, hls4ml 1.3.0.
    Cropping2D, Cropping2DBuilder = "hls4ml.model.layers.Cropping2D";
    aliases: ["Cropping2D"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels";
        crop_top: Int, "rows cut off at the top";
        crop_bottom: Int, "rows cut off at the bottom";
        crop_left: Int, "columns cut off on the left";
        crop_right: Int, "columns cut off on the right";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
    }
    weights: {}
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_chan");
    initialize: |init| init.outputs_like_input();
}
