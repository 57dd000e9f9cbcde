//! Activation functions without parameters.

use super::shapes::{element_count, same_shape};
use crate::{Initializer, LayerError, OutputOptions, layer};

layer! {
    /// An activation function without parameters, element by element.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `y = f(x)`, where `activation` names `f`: `linear`, `relu`, `sigmoid`, `tanh`, `softplus`,
    /// `softsign`, `selu`, `binary_tanh`, … in upper or lower case.
    ///
    /// **Precision:** `quantizer_precision` if the converter set it, else the configured `result`; functions other than
    /// the piecewise linear ones are looked up in a table of `table_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Activation`, hls4ml 1.3.0.
    Activation, ActivationBuilder = "hls4ml.model.layers.Activation";
    aliases: ["Activation", "QActivation"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        activation: String, "name of the function";
        quantizer: Quantizer = Optional, "quantizer that the function stands for";
        quantizer_precision: Type = Optional, "type of the output, where the source format prescribes one";
        trusted: Bool = Optional, "whether bit-exact precision derivation may rely on the configured precision";
    }
    weights: {}
    infer: same_shape;
    initialize: initialize;
}

/// What all activations begin with: the output, then the number of elements unless the converter set it.
pub(super) fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let shape = init.input_dims(0)?;
    let precision = init.state.precision("quantizer_precision");
    init.add_output(&shape, OutputOptions { precision, ..OutputOptions::default() })?;
    if !init.state.attributes.contains("n_in") {
        set_n_in(init)?;
    }
    Ok(())
}

/// Sets `n_in` to the number of elements of the first input.
pub(super) fn set_n_in(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let shape = init.input_dims(0)?;
    let n_in = element_count(&shape).ok_or_else(|| LayerError::InputShape {
        expected: "as many elements as can be addressed".to_owned(),
        found: format!("{shape:?}"),
    })?;
    init.state.set_size("n_in", n_in);
    Ok(())
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Precision;

    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn counts_elements_and_takes_the_prescribed_precision() {
        let draft = Activation::builder("act").activation("binary_tanh").inputs(["x"]).build();
        let state =
            initialized(draft.with("quantizer_precision", Precision::Xnor), &[variable("x", &[3, 4])]);
        assert_eq!(state.int("n_in"), Ok(12));
        assert_eq!(state.named_type("result_t").unwrap().precision, Precision::Xnor);
        assert_eq!(state.named_type("quantizer_precision").unwrap().name, "act_quantizer_precision");
    }

    #[test]
    fn keeps_the_number_of_elements_of_the_converter() {
        let draft = Activation::builder("act").activation("relu").n_in(7).inputs(["x"]).build();
        assert_eq!(initialized(draft, &[variable("x", &[3])]).int("n_in"), Ok(7));
    }
}
