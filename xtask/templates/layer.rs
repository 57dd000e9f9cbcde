//! @NAME@ layers.

use super::shapes;
use crate::{Initializer, LayerError, LayerState, OutputOptions, Shape, layer};

layer! {
    /// What the layer computes, in one sentence.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y = x`.
    ///
    /// **Precision:** the result `result_t` is that of the input.
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
    for shape in init.infer()? {
        init.add_output(&shape, OutputOptions::default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn output_has_the_shape_of_the_input() {
        let draft = super::@NAME@::builder("x").inputs(["input"]).build();
        let state = initialized(draft, &[variable("input", &[3, 4])]);
        assert_eq!(state.attributes.values().filter_map(crate::Attribute::as_variable).count(), 1);
    }
}
