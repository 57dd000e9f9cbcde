//! Batch normalization as ONNX has it, before its parameters are read.

use super::shapes::same_shape;
use crate::layer;

layer! {
    /// A batch normalization whose parameters are still inputs, until a pass makes it a `BatchNormalization`.
    ///
    /// **Shapes:** `[…] → […]`; the inputs after the first are scale, bias, mean and variance.
    ///
    /// **Formula:** `y = scale · (x − mean) / sqrt(variance + epsilon) + bias`.
    ///
    /// **Source:** `hls4ml.model.layers.BatchNormOnnx`, hls4ml 1.3.0.
    BatchNormOnnx, BatchNormOnnxBuilder = "hls4ml.model.layers.BatchNormOnnx";
    aliases: ["BatchNormOnnx"];
    inputs: 1, 5;
    attributes: {
        epsilon: Float = Optional, "number added to the variance";
        n_in: Int = Optional, "number of elements of the input";
        n_out: Int = Optional, "number of elements of the output";
        n_filt: Int = Optional, "number of channels, −1 where every element has parameters of its own";
    }
    weights: {}
    infer: same_shape;
    initialize: |init| init.outputs();
}
