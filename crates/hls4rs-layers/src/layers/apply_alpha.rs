//! Scaling behind layers with quantized weights.

use super::{activation::set_n_in, shapes::same_shape};
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A factor and a summand per channel, which stand for the scale of a quantizer.
    ///
    /// **Shapes:** `[…] → […]`; `scale` and `bias` `[n_filt]`, or `[n_in]` where `n_filt` is −1.
    ///
    /// **Formula:** `y = scale · x + bias`.
    ///
    /// **Precision:** products and sums in full precision, then `result_t`. Weights are in the precision of their
    /// quantizer, else in `scale_precision` and `bias_precision`, else in the configured one.
    ///
    /// **Source:** `hls4ml.model.layers.ApplyAlpha`, hls4ml 1.3.0.
    ApplyAlpha, ApplyAlphaBuilder = "hls4ml.model.layers.ApplyAlpha";
    aliases: ["ApplyAlpha"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        n_filt: Int = Int(-1), "number of channels, −1 where every element has parameters of its own";
        scale: Weight, "the factors";
        bias: Weight, "the summands";
        scale_t: Type, configurable, "type of the factors";
        bias_t: Type, configurable, "type of the summands";
        use_gamma: Bool = Bool(true), "inherited from batch normalization, without effect";
        use_beta: Bool = Bool(true), "inherited from batch normalization, without effect";
        n_out: Int = Optional, "number of elements of the output";
        scale_data: Array = Optional, "the factors before quantization";
        bias_data: Array = Optional, "the summands before quantization";
        scale_quantizer: Quantizer = Optional, "quantizer of the factors";
        bias_quantizer: Quantizer = Optional, "quantizer of the summands";
        scale_precision: Type = Optional, "precision of the factors";
        bias_precision: Type = Optional, "precision of the summands";
    }
    weights: {
        scale = "s{index}", "scale_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    set_n_in(init)?;
    for weight in init.spec.weights {
        let quantizer = init.quantizer(weight);
        let precision = init.state.precision(&format!("{}_precision", weight.name));
        init.add_weight(weight, WeightOptions { quantizer, precision, ..WeightOptions::default() })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hls4rs_types::{NamedType, Precision, Tensor};

    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn a_given_precision_names_its_own_type() {
        let values = Tensor::vector(vec![0.5f32, 2.0]);
        let draft = ApplyAlpha::builder("alpha").scale(values.clone()).bias(values).inputs(["x"]).build();
        let state = initialized(draft.with("scale_precision", Precision::int(3)), &[variable("x", &[2])]);
        assert_eq!(state.named_type("scale_t"), Ok(&NamedType::new("scale3_t", Precision::int(3))));
        assert_eq!(state.named_type("bias_t").unwrap().name, "model_default_t");
        assert_eq!(state.int("n_in"), Ok(2));
    }
}
