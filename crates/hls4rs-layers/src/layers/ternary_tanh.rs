//! The step function of ternary networks.

use super::{activation, shapes::same_shape};
use crate::layer;

layer! {
    /// The step function with the values −1, 0 and 1, element by element.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y = 1 if x > threshold, −1 if x ≤ −threshold, else 0`. The kernels know the threshold 0.5 alone;
    /// a pass scales the input where it is another.
    ///
    /// **Source:** `hls4ml.model.layers.TernaryTanh`, hls4ml 1.3.0.
    TernaryTanh, TernaryTanhBuilder = "hls4ml.model.layers.TernaryTanh";
    aliases: ["TernaryTanh"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        activation: String, "`ternary_tanh`";
        threshold: Float = Optional, "inputs of a smaller magnitude give 0";
        quantizer: Quantizer = Optional, "quantizer that the function stands for";
        quantizer_precision: Type = Optional, "type of the output, where the source format prescribes one";
        trusted: Bool = Optional, "whether bit-exact precision derivation may rely on the configured precision";
    }
    weights: {}
    infer: same_shape;
    initialize: activation::initialize;
}
