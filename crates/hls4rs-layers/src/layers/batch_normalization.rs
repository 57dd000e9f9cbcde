//! Normalization with fixed statistics.

use super::{numeric::Floats, shapes::same_shape};
use crate::{Initializer, LayerError, LayerState, WeightOptions, layer};

layer! {
    /// A normalization with fixed mean and variance, folded into a factor and a summand per channel.
    ///
    /// **Shapes:** `[…] → […]`; `scale` and `bias` `[n_filt]`, or `[n_in]` where `n_filt` is −1.
    ///
    /// **Formula:** `y = scale · x + bias` with `scale = gamma / sqrt(variance + epsilon)` and
    /// `bias = beta − scale · mean`, unless `scale_data` and `bias_data` are given.
    ///
    /// **Precision:** products and sums in full precision, then `result_t`. Scale and bias are computed in the type of
    /// the parameters' elements; quantizers of the source layer are not applied.
    ///
    /// **Source:** `hls4ml.model.layers.BatchNormalization`, hls4ml 1.3.0.
    ///
    /// **Limits:** the parameters are numbers, or arrays of single or double precision that broadcast to the shape of the
    /// largest of them. `bias_data` is needed where there is `scale_data`.
    BatchNormalization, BatchNormalizationBuilder = "hls4ml.model.layers.BatchNormalization";
    aliases: ["BatchNormalization", "QBatchNormalization"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        n_filt: Int = Int(-1), "number of channels, −1 where every element has parameters of its own";
        scale: Weight, "the factors";
        bias: Weight, "the summands";
        scale_t: Type, configurable, "type of the factors";
        bias_t: Type, configurable, "type of the summands";
        use_gamma: Bool = Bool(true), "whether the source layer has a gamma";
        use_beta: Bool = Bool(true), "whether the source layer has a beta";
        n_out: Int = Optional, "number of elements of the output";
        epsilon: Float = Optional, "number added to the variance";
        gamma_data: Array | Float = Optional, "factors after the normalization";
        beta_data: Array | Float = Optional, "summands after the normalization";
        mean_data: Array | Float = Optional, "means";
        variance_data: Array | Float = Optional, "variances";
        scale_data: Array = Optional, "the folded factors before quantization";
        bias_data: Array = Optional, "the folded summands before quantization";
        gamma_quantizer: Quantizer = Optional, "quantizer of the source layer's gamma";
        beta_quantizer: Quantizer = Optional, "quantizer of the source layer's beta";
        mean_quantizer: Quantizer = Optional, "quantizer of the source layer's means";
        variance_quantizer: Quantizer = Optional, "quantizer of the source layer's variances";
        scale_quantizer: Quantizer = Optional, "quantizer of the factors, where two layers were fused";
        bias_quantizer: Quantizer = Optional, "quantizer of the summands, where two layers were fused";
    }
    weights: {
        scale = "s{index}";
        bias = "b{index}";
    }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    let scale = if init.state.get("scale_data").is_none() { Some(folded_scale(init.state)?) } else { None };
    add(init, "scale", scale.clone())?;
    let bias = match scale {
        Some(scale) if init.state.get("bias_data").is_none() => Some(folded_bias(init.state, scale)?),
        _ => None,
    };
    add(init, "bias", bias)
}

fn add(init: &mut Initializer<'_>, weight: &str, values: Option<Floats>) -> Result<(), LayerError> {
    let data = values.map(|values| values.into_tensor(weight)).transpose()?;
    init.add_weight_named(weight, WeightOptions { data, ..WeightOptions::default() })
}

fn folded_scale(state: &LayerState) -> Result<Floats, LayerError> {
    let variance = Floats::of(state, "variance_data")?;
    let deviation = variance.add(Floats::Number(state.float("epsilon")?))?.sqrt();
    Floats::of(state, "gamma_data")?.div(deviation)
}

fn folded_bias(state: &LayerState, scale: Floats) -> Result<Floats, LayerError> {
    let shift = scale.mul(Floats::of(state, "mean_data")?)?;
    Floats::of(state, "beta_data")?.sub(shift)
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::layers::testing::{initialized, try_initialize, variable};

    fn draft() -> crate::Draft {
        let draft = BatchNormalization::builder("bn").n_in(2).epsilon(0.001).inputs(["x"]).build();
        let draft = draft.with("mean_data", Tensor::vector(vec![0.3f32, -2.0]));
        draft.with("variance_data", Tensor::vector(vec![0.7f32, 4.0])).with("beta_data", 0)
    }

    #[test]
    fn folds_in_single_precision() {
        let state = initialized(draft().with("gamma_data", 1), &[variable("x", &[2])]);
        let scale = [0.7f32, 4.0].map(|variance| 1.0 / (variance + 0.001).sqrt());
        let bias = [0.0 - scale[0] * 0.3, 0.0 + scale[1] * 2.0];
        assert_eq!(state.weight("scale").unwrap().data, Tensor::vector(scale.to_vec()));
        assert_eq!(state.weight("bias").unwrap().data, Tensor::vector(bias.to_vec()));
        assert_eq!(state.weight("bias").unwrap().name, "b3");
        assert_eq!(state.int("n_filt"), Ok(-1));
    }

    #[test]
    fn given_values_win() {
        let scale = Tensor::vector(vec![2f64, 3.0]);
        let draft = draft().with("scale_data", scale.clone());
        let error = try_initialize(draft.clone(), &[variable("x", &[2])]).unwrap_err();
        assert_eq!(error.to_string(), "attribute `bias_data`: expected an array, found none");
        let state = initialized(draft.with("bias_data", scale.clone()), &[variable("x", &[2])]);
        assert_eq!(state.weight("scale").unwrap().data, scale);
    }
}
