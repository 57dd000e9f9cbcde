//! Streams repeated to the shape of another one.

use super::shapes;
use crate::layer;

layer! {
    /// A stream repeated to the shape of the one that it is merged with.
    ///
    /// **Shapes:** `[1, 1, C] → [H, W, C]` or `[H, W, 1] → [H, W, C]`, where the output is `target_shape`.
    ///
    /// **Formula:** `y[h, w, c] = x[0, 0, c]`, or `y[h, w, c] = x[h, w, 0]`.
    ///
    /// **Source:** `hls4ml.backends.vivado.passes.broadcast_stream.Broadcast`, hls4ml 1.3.0. In the registry its
    /// name means Catapult's class, which is registered later.
    Broadcast, BroadcastBuilder = "hls4ml.backends.vivado.passes.broadcast_stream.Broadcast";
    aliases: [];
    inputs: 1, 1;
    attributes: {
        target_shape: Shape | List = Optional, "dimensions of the output, the batch omitted or null";
    }
    weights: {}
    infer: shapes::target_shape;
    initialize: |init| init.outputs();
}
