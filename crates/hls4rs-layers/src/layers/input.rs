//! Inputs of the model.

use crate::{Initializer, LayerError, LayerState, OutputOptions, Shape, layer};

layer! {
    /// An input of the model.
    ///
    /// **Shapes:** `[] → input_shape`.
    ///
    /// **Precision:** the variable has the layer's name, the type `input_t`, or `input{index}_t` after the first layer.
    ///
    /// **Source:** `hls4ml.model.layers.Input`, hls4ml 1.3.0.
    ///
    /// **Limits:** hls4ml has no inputs of single numbers, and none are made here.
    Input, InputBuilder = "hls4ml.model.layers.Input";
    aliases: ["Input", "InputLayer"];
    inputs: 0, 1;
    attributes: {
        input_shape: Shape | List, "dimensions of the input, batch omitted";
        type_name: String = Optional, "name of the input's type in the generated C++";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![state.shape("input_shape")?])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let shape = init.state.shape("input_shape")?;
    if shape.is_empty() {
        let message = "an input without dimensions beside the batch is not supported".to_owned();
        return Err(LayerError::Unsupported { message });
    }
    let usual = if init.index == 1 { "input_t" } else { "input{index}_t" };
    let type_name = init.state.str("type_name").unwrap_or(usual).to_owned();
    let options = OutputOptions {
        variable: Some(init.name.to_owned()),
        type_name: Some(type_name),
        ..OutputOptions::default()
    };
    init.add_output(&shape, options)
}

#[cfg(test)]
mod tests {
    use super::Input;
    use crate::layers::testing::try_initialize;

    #[test]
    fn single_numbers_are_no_input() {
        let of = |shape: &[usize]| try_initialize(Input::builder("x").input_shape(shape).build(), &[]);
        assert!(of(&[3]).is_ok());
        assert!(of(&[]).is_err());
    }
}
