//! QONNX's quantization to two values.

use super::shapes;
use crate::layer;

layer! {
    /// Quantization to two values, as QONNX describes it.
    ///
    /// **Shapes:** `[…] → […]`; the second input is the scale.
    ///
    /// **Formula:** `y = scale` where `x ≥ 0`, else `−scale`.
    ///
    /// **Source:** `hls4ml.model.layers.BipolarQuant`, hls4ml 1.3.0.
    ///
    /// **Limits:** passes replace the layer before code is generated.
    BipolarQuant, BipolarQuantBuilder = "hls4ml.model.layers.BipolarQuant";
    aliases: ["BipolarQuant"];
    inputs: 1, 2;
    attributes: {
        scale: Array = Optional, "magnitude of the values, once a pass has removed the input for it";
    }
    weights: {}
    infer: shapes::same_shape;
    initialize: |init| init.outputs();
}
