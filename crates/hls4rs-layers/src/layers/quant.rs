//! QONNX's quantization to so many bits.

use super::shapes;
use crate::layer;

layer! {
    /// Quantization to so many bits, as QONNX describes it.
    ///
    /// **Shapes:** `[…] → […]`; the further inputs are scale, zero point and number of bits.
    ///
    /// **Formula:** `y = (clamp(round(x / scale + zeropt)) − zeropt) · scale`.
    ///
    /// **Source:** `hls4ml.model.layers.Quant`, hls4ml 1.3.0.
    ///
    /// **Limits:** passes replace the layer before code is generated.
    Quant, QuantBuilder = "hls4ml.model.layers.Quant";
    aliases: ["Quant", "IntQuant"];
    inputs: 1, 4;
    attributes: {
        narrow: Bool, "whether the most negative value is left out";
        rounding_mode: String, "how values between two levels are rounded: `ROUND`, `CEIL`, `FLOOR`, …";
        signed: Bool, "whether the levels are those of a signed integer";
        scale: Array = Optional, "distance of the levels, once a pass has removed the input for it";
        zeropt: Array = Optional, "zero point in levels, once a pass has removed the input for it";
        bitwidth: Float = Optional, "number of bits, once a pass has removed the input for it";
    }
    weights: {}
    infer: shapes::same_shape;
    initialize: |init| init.outputs();
}
