//! Softmax.

use super::{activation, shapes::same_shape};
use crate::layer;

layer! {
    /// The softmax over one axis.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y[i] = exp(x[i]) / Σ_j exp(x[j])`, with `x` less its largest element where `implementation` is
    /// `stable`; `argmax` gives 1 to the largest element and 0 to the others.
    ///
    /// **Precision:** the backends say: tables of `exp_table_t` and `inv_table_t`, sums in `accum_t`, the argument of
    /// the inverse in `inv_inp_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Softmax`, hls4ml 1.3.0.
    Softmax, SoftmaxBuilder = "hls4ml.model.layers.Softmax";
    aliases: ["Softmax"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        activation: String, "`softmax`";
        axis: Int = Optional, "axis of the normalization, counted from 0 with the batch, or from the end if negative";
        quantizer_precision: Type = Optional, "type of the output, where the source format prescribes one";
    }
    weights: {}
    infer: same_shape;
    initialize: activation::initialize;
}
