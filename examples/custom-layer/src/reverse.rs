//! A layer that reverses its input.

use hls4rs::layers::{LayerError, LayerState, Shape, layer};

layer! {
    /// Reverses the order of the elements along one axis.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y[i] = x[n − 1 − i]` along `axis`.
    ///
    /// **Precision:** that of the input.
    Reverse, ReverseBuilder = "my_detector.layers.Reverse";
    aliases: ["Reverse"];
    inputs: 1, 1;
    attributes: {
        axis: Int = Int(-1), configurable, "axis along which the order is reversed; −1 is the last one";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs_like_input();
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let shape = inputs.first().cloned().unwrap_or_default();
    let axis = state.int("axis").unwrap_or(-1);
    let rank = shape.len() as i64;
    if (-rank..rank).contains(&axis) {
        return Ok(vec![shape]);
    }
    let expected = format!("an axis from {} to {}", -rank, rank - 1);
    Err(LayerError::WrongAttribute { attribute: "axis".to_owned(), expected, found: axis.to_string() })
}
