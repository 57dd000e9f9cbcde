//! Leaky ReLU with a slope per element.

use super::{activation, shapes::same_shape};
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A leaky ReLU whose slope for negative inputs is a weight of its own per element.
    ///
    /// **Shapes:** `[…] → […]`; `param` as the input.
    ///
    /// **Formula:** `y[i] = x[i] if x[i] > 0 else param[i] · x[i]`.
    ///
    /// **Precision:** slopes in `param_t`, products in full precision, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.PReLU`, hls4ml 1.3.0.
    PReLU, PReLUBuilder = "hls4ml.model.layers.PReLU";
    aliases: ["PReLU"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        activation: String, "`prelu`, in upper or lower case";
        param: Weight, "slopes for negative inputs";
        param_t: Type, configurable, "type of the slopes";
        param_data: Array = Optional, "the slopes before quantization";
        quantizer_precision: Type = Optional, "type of the output, where the source format prescribes one";
    }
    weights: { param = "a{index}"; }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    activation::initialize(init)?;
    init.add_weight_named("param", WeightOptions::default())
}
