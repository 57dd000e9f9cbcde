//! An input without its margins, along one axis.

use crate::layer;

layer! {
    /// The input without its margins along one axis.
    ///
    /// **Shapes:** `[in_width, n_chan] → [out_width, n_chan]`.
    ///
    /// **Formula:** `y[o, c] = x[o + crop_left, c]`.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.Cropping1D`, hls4ml 1.3.0.
    ///
    /// **Limits:** channels are always last, as in Keras.
    Cropping1D, Cropping1DBuilder = "hls4ml.model.layers.Cropping1D";
    aliases: ["Cropping1D"];
    inputs: 1, 1;
    attributes: {
        in_width: Int, "width of the input, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels";
        crop_left: Int, "columns cut off on the left";
        crop_right: Int, "columns cut off on the right";
        data_format: String = Optional, "`channels_last`, without effect";
    }
    weights: {}
    infer: |state, _| Ok(vec![state.sizes(["out_width", "n_chan"])?]);
    initialize: |init| init.outputs_like_input();
}
