//! Maximum or mean over the whole width.

use super::pooling1d::initialize;
use crate::layer;

layer! {
    /// The maximum or the mean over the whole width, channel by channel.
    ///
    /// **Shapes:** `[n_in, n_filt] → [n_filt]`, whatever `keepdims` says.
    ///
    /// **Formula:** `y[c] = max_i x[i, c]`, or the mean instead of the maximum.
    ///
    /// **Precision:** sums and quotients in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.GlobalPooling1D`, hls4ml 1.3.0.
    GlobalPooling1D, GlobalPooling1DBuilder = "hls4ml.model.layers.GlobalPooling1D";
    aliases: ["GlobalMaxPooling1D", "GlobalAveragePooling1D"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "width of the input, in pixels";
        n_filt: Int, "number of channels";
        pool_op: String, "`Max` or `Average`; made from `class_name`";
        data_format: String = Optional, "`channels_last` or `channels_first`";
        keepdims: Bool = Optional, "whether the source layer keeps the reduced dimensions as ones";
    }
    weights: {}
    infer: |state, _| Ok(vec![vec![state.size("n_filt")?]]);
    initialize: initialize;
}
