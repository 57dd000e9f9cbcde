//! Activation functions with one parameter for all elements.

use super::{activation, shapes::same_shape};
use crate::{Initializer, LayerError, layer};

layer! {
    /// An activation function with one parameter, element by element.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** with `a = activ_param`:
    /// leaky ReLU `y = x if x > 0 else a · x`; thresholded ReLU `y = x if x > a else 0`;
    /// ELU `y = x if x > 0 else a · (exp(x) − 1)`.
    ///
    /// **Precision:** the parameter in `param_t`; `exp` is looked up in a table of `table_t`; then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.ParametrizedActivation`, hls4ml 1.3.0.
    ParametrizedActivation, ParametrizedActivationBuilder = "hls4ml.model.layers.ParametrizedActivation";
    aliases: ["LeakyReLU", "ThresholdedReLU", "ELU"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        activation: String, "`leakyrelu` or `leaky_relu`, `thresholdedrelu`, `elu`, in upper or lower case";
        param_t: Type, configurable, "type of the parameter";
        activ_param: Float = Optional, "the parameter";
        quantizer: Quantizer = Optional, "quantizer that the function stands for";
        quantizer_precision: Type = Optional, "type of the output, where the source format prescribes one";
        trusted: Bool = Optional, "whether bit-exact precision derivation may rely on the configured precision";
    }
    weights: {}
    infer: same_shape;
    initialize: initialize;
}

impl ParametrizedActivation {
    /// Name of the function without regard to the source format: `leaky_relu`, `thresholded_relu` or `elu`.
    ///
    /// # Errors
    /// If `activation` is missing or no text.
    pub fn function(&self) -> Result<String, LayerError> {
        let name = self.activation()?.to_lowercase();
        Ok(match name.as_str() {
            "leakyrelu" => "leaky_relu".to_owned(),
            "thresholdedrelu" => "thresholded_relu".to_owned(),
            _ => name,
        })
    }
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    activation::initialize(init)?;
    init.set_type("param")
}
