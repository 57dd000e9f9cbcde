//! Contractions of two tensors.

use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// A contraction of two tensors over any axes, by Einstein's summation convention.
    ///
    /// **Shapes:** `inp0_shape, inp1_shape → out_shape`.
    ///
    /// **Formula:** `y = einsum(equation, a, b)`.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Einsum`, hls4ml 1.3.0.
    Einsum, EinsumBuilder = "hls4ml.model.layers.Einsum";
    aliases: ["Einsum"];
    inputs: 2, 2;
    attributes: {
        accum_t: Type, configurable, "type of intermediate sums";
        equation: String, "axes of both inputs and of the output: `ab,bc->ac`";
        inp0_shape: Shape, "dimensions of the first input, batch omitted";
        inp1_shape: Shape, "dimensions of the second input, batch omitted";
        out_shape: Shape, "dimensions of the output, batch omitted";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![state.shape("out_shape")?])
}
