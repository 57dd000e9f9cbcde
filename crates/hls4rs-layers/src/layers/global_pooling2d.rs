//! Maximum or mean over the whole height and width.

use super::pooling1d::initialize;
use crate::layer;

layer! {
    /// The maximum or the mean over the whole height and width, channel by channel.
    ///
    /// **Shapes:** `[in_height, in_width, n_filt] → [n_filt]`, whatever `keepdims` says.
    ///
    /// **Formula:** `y[c] = max_{i, j} x[i, j, c]`, or the mean instead of the maximum.
    ///
    /// **Precision:** sums and quotients in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.GlobalPooling2D`, hls4ml 1.3.0.
    GlobalPooling2D, GlobalPooling2DBuilder = "hls4ml.model.layers.GlobalPooling2D";
    aliases: ["GlobalMaxPooling2D", "GlobalAveragePooling2D"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        n_filt: Int, "number of channels";
        pool_op: String, "`Max` or `Average`; made from `class_name`";
        data_format: String = Optional, "`channels_last` or `channels_first`";
        keepdims: Bool = Optional, "whether the source layer keeps the reduced dimensions as ones";
    }
    weights: {}
    infer: |state, _| Ok(vec![vec![state.size("n_filt")?]]);
    initialize: initialize;
}
