//! Maximum or mean over windows along two axes.

use super::pooling1d::initialize;
use super::shapes;
use crate::layer;

layer! {
    /// The maximum or the mean over windows along two axes, channel by channel.
    ///
    /// **Shapes:** `[in_height, in_width, n_filt] → [out_height, out_width, n_filt]`.
    ///
    /// **Formula:** `y[o, p, c] = max_{k, l} x[o · stride_height + k − pad_top, p · stride_width + l − pad_left, c]`,
    /// or the mean instead of the maximum. Padding never is the maximum; in the mean it counts as zeros if `count_pad`
    /// is set, else not at all.
    ///
    /// **Precision:** sums and quotients in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Pooling2D`, hls4ml 1.3.0.
    Pooling2D, Pooling2DBuilder = "hls4ml.model.layers.Pooling2D";
    aliases: ["MaxPooling2D", "AveragePooling2D"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_filt: Int, "number of channels";
        pool_height: Int, "height of the windows, in pixels";
        pool_width: Int, "width of the windows, in pixels";
        stride_height: Int, "rows from one window to the next";
        stride_width: Int, "columns from one window to the next";
        pad_top: Int, "rows of padding above the input";
        pad_bottom: Int, "rows of padding below the input";
        pad_left: Int, "columns of padding before the input";
        pad_right: Int, "columns of padding after the input";
        count_pad: Bool = Bool(false), "whether means count the padding as zeros";
        pool_op: String, "`Max` or `Average`; made from `class_name`";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        padding: String = Optional, "padding as the source layer has it: `same` or `valid`";
    }
    weights: {}
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_filt");
    initialize: initialize;
}
