//! @NAME@ layers.

use super::shapes;
use crate::{Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// What the layer computes, in one sentence.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y = x`.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.@NAME@`, hls4ml 1.3.0.
    @NAME@, @NAME@Builder = "hls4ml.model.layers.@NAME@";
    aliases: ["@NAME@"];
    inputs: 1, 1;
    attributes: {
        size: Int = Optional, "number of elements";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![shapes::first_input(inputs)?.clone()])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs_like_input()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Attribute;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn output_has_the_shape_of_the_input() {
        let draft = @NAME@::builder("y").inputs(["x"]).build();
        let state = initialized(draft, &[variable("x", &[3, 4])]);
        let output = state.attributes.get("y").and_then(Attribute::as_variable);
        assert_eq!(output.map(|output| output.shape.as_slice()), Some([3, 4].as_slice()));
    }
}
