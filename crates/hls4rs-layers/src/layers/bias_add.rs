//! Addition of a constant per channel.

use super::shapes::same_shape;
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// Adds a bias, until a pass puts it into the layer before.
    ///
    /// **Shapes:** `[…, n] → […, n]`; `bias [n]`.
    ///
    /// **Formula:** `y[…, i] = x[…, i] + bias[i]`.
    ///
    /// **Source:** `hls4ml.model.layers.BiasAdd`, hls4ml 1.3.0.
    BiasAdd, BiasAddBuilder = "hls4ml.model.layers.BiasAdd";
    aliases: ["BiasAdd"];
    inputs: 1, 2;
    attributes: {
        op: String = Optional, "name of the operation";
        bias: Weight = Optional, "the bias";
        bias_t: Type = Optional, configurable, "type of the bias";
        bias_data: Array = Optional, "the bias before quantization";
    }
    weights: { bias = "b{index}"; }
    infer: same_shape;
    initialize: initialize;
}

/// The bias comes before the output, and there must be one.
fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.add_weight_named("bias", WeightOptions::default())?;
    init.outputs()
}
