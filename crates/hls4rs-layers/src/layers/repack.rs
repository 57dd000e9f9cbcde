//! Changes of shape of a stream.

use super::shapes;
use crate::layer;

layer! {
    /// The same elements in the same order, in a stream whose packets have another size.
    ///
    /// **Shapes:** `[…] → target_shape`.
    ///
    /// **Formula:** `y[i] = x[i]` where `i` counts the elements, the last index fastest.
    ///
    /// **Precision:** that of the `Reshape` which the layer replaces, copied by the pass that does so.
    ///
    /// **Source:** `hls4ml.backends.fpga.passes.repack_stream.Repack`, hls4ml 1.3.0.
    Repack, RepackBuilder = "hls4ml.backends.fpga.passes.repack_stream.Repack";
    aliases: ["Repack"];
    inputs: 1, 1;
    attributes: {
        target_shape: Shape | List = Optional, "dimensions of the output, the batch omitted or null";
    }
    weights: {}
    infer: shapes::target_shape;
    initialize: |init| init.outputs();
}
