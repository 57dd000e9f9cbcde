//! Quantizers of their own that HGQ puts between layers.

#![expect(non_snake_case, reason = "hls4ml's attributes are called `RND` and `SAT`")]

use super::{activation::set_n_in, shapes::same_shape};
use crate::{Initializer, LayerError, layer};

layer! {
    /// A quantizer with a precision of its own for each element, or one for all.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y[i]` is `x[i]` brought to `b[i]` bits, `i[i]` of them left of the point, signed where `k[i]` is 1;
    /// 0 where there are no bits.
    ///
    /// **Precision:** the result of a quantizer that a pass fuses into the layer before has its precision there.
    ///
    /// **Source:** `hls4ml.model.optimizer.passes.hgq_proxy_model.FixedPointQuantizer`, hls4ml 1.3.0.
    FixedPointQuantizer, FixedPointQuantizerBuilder =
        "hls4ml.model.optimizer.passes.hgq_proxy_model.FixedPointQuantizer";
    aliases: ["FixedPointQuantizer", "HGQ>FixedPointQuantizer"];
    inputs: 1, 1;
    attributes: {
        RND: String = Optional, "rounding mode: `TRN`, `RND`, …";
        SAT: String = Optional, "saturation mode: `WRAP`, `SAT`, …";
        fusible: Bool = Optional, "whether one precision holds for all elements";
        mask_kbi: List = Optional, "three arrays: signed (1) or not, bits, integer bits (sign included)";
        overrides: Map = Optional, "configuration of other layers that comes with the model";
        n_in: Int = Optional, "number of elements";
    }
    weights: {}
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    set_n_in(init)?;
    for needed in ["overrides", "fusible", "SAT", "RND", "mask_kbi"] {
        if !init.state.attributes.contains(needed) {
            return Err(LayerError::attribute(needed, "a value or null", None));
        }
    }
    Ok(())
}
