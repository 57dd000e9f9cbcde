//! Combinational logic that an external optimizer derived.

use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// Combinational logic that da4ml derived from a layer of the source model.
    ///
    /// **Shapes:** `[…] → output_shape`.
    ///
    /// **Formula:** that of `da_comb_logic`, which is the library's own object.
    ///
    /// **Source:** `hls4ml.model.layers.DACombinational`, hls4ml 1.3.0.
    ///
    /// **Limits:** the logic is kept as it is, and not computed.
    DACombinational, DACombinationalBuilder = "hls4ml.model.layers.DACombinational";
    aliases: ["DACombinational"];
    inputs: 1, usize::MAX;
    attributes: {
        da_comb_logic: Any = Optional, "the logic";
        original_type: String = Optional, "class of the source layer";
        output_shape: Shape = Optional, "dimensions of the output, batch omitted";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![state.shape("output_shape")?])
}
