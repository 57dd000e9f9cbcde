//! Layers that are applied to each step.

use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// A layer that is applied to each step, or the marker of the end of such layers.
    ///
    /// **Shapes:** `[n_time_steps, …] → output_shape`.
    ///
    /// **Formula:** `y[t] = wrapped_layer(x[t])`.
    ///
    /// **Source:** `hls4ml.model.layers.TimeDistributed`, hls4ml 1.3.0.
    TimeDistributed, TimeDistributedBuilder = "hls4ml.model.layers.TimeDistributed";
    aliases: ["TimeDistributed"];
    inputs: 1, 1;
    attributes: {
        wrapped_layer: Any, "what the converter knows of the layer, or the layer that ends the wrapped ones";
        n_time_steps: Int, "number of steps";
        output_shape: Shape, "dimensions of the output, batch omitted";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![state.shape("output_shape")?])
}
