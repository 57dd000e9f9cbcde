//! Convolutions along two axes into which a batch normalization is folded.

use hls4rs_types::{Attribute, Tensor};

use super::numeric::Floats;
use super::shapes;
use crate::{Initializer, LayerError, LayerState, layer};

/// Backends that want the filters first where the strategy is `resource`.
const TRANSPOSING: [&str; 3] = ["Vivado", "VivadoAccelerator", "Catapult"];

layer! {
    /// A convolution along two axes into whose weights a batch normalization is folded before quantization.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_filt]`;
    /// `weight [filt_height, filt_width, n_chan, n_filt]`, `bias [n_filt]`. With the strategy `resource` of Vivado,
    /// VivadoAccelerator and Catapult, `weight [n_filt, filt_height, filt_width, n_chan]`.
    ///
    /// **Formula:** that of `Conv2D` with `s = 1 / √(variance + epsilon) · gamma`, `weight = s · weight_data` and
    /// `bias = s · (bias_data − mean) + beta`, each in the arrays' own element type.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Conv2DBatchnorm`, hls4ml 1.3.0, which keeps the bias as it was where it has no
    /// quantizer.
    ///
    /// **Limits:** the kernels of hls4ml want channels last. Initialization needs a quantizer of the weights that can
    /// be computed, and arrays of single or double precision.
    Conv2DBatchnorm, Conv2DBatchnormBuilder = "hls4ml.model.layers.Conv2DBatchnorm";
    aliases: ["QConv2DBatchnorm"];
    inputs: 1, 1;
    attributes: {
        in_height: Int, "height of the input, in pixels";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels of the input";
        n_filt: Int, "number of filters, which are the channels of the output";
        filt_height: Int, "height of the filters, in pixels";
        filt_width: Int, "width of the filters, in pixels";
        stride_height: Int, "rows from one output pixel to the next";
        stride_width: Int, "columns from one output pixel to the next";
        pad_top: Int, "rows of zeros put above the input";
        pad_bottom: Int, "rows of zeros put below the input";
        pad_left: Int, "columns of zeros put before the input";
        pad_right: Int, "columns of zeros put after the input";
        weight: Weight, "the filters, `[filt_height, filt_width, n_chan, n_filt]`";
        bias: Weight, "the bias, `[n_filt]`";
        weight_t: Type, configurable, "type of the filters";
        bias_t: Type, configurable, "type of the bias";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        weight_data: Array = Optional, "the filters before quantization";
        bias_data: Array = Optional, "the bias before quantization; zero if absent";
        weight_quantizer: Quantizer = Optional, "quantizer of the filters";
        bias_quantizer: Quantizer = Optional, "quantizer of the bias";
        epsilon: Float = Optional, "number added to the variance";
        use_gamma: Bool = Optional, "whether the source layer has a factor per filter";
        gamma_data: Array = Optional, "factor per filter; 1 if absent";
        use_beta: Bool = Optional, "whether the source layer has a summand per filter";
        beta_data: Array = Optional, "summand per filter; 0 if absent";
        mean_data: Array = Optional, "moving mean per filter";
        variance_data: Array = Optional, "moving variance per filter";
    }
    weights: {
        weight = "w{index}", "weight_quantizer";
        bias = "b{index}", "bias_quantizer";
    }
    infer: |state, _| shapes::pixels(state, ["out_height", "out_width"], "n_filt");
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs_and_weights()?;
    let (mut weight, bias) = folded(init.state)?;
    if init.strategy() == "resource" && TRANSPOSING.contains(&init.backend()) {
        weight = last_axis_first(weight);
    }
    let (weight, bias) = (weight.into_tensor("weight")?, bias.into_tensor("bias")?);
    let Some(quantized_weight) = quantized(init.state, "weight", &weight)? else {
        let message = "a folded batch normalization without quantizer of the weights is not supported";
        return Err(LayerError::Unsupported { message: message.to_owned() });
    };
    set_values(init.state, "weight", Some(quantized_weight), weight);
    let quantized_bias = quantized(init.state, "bias", &bias)?;
    set_values(init.state, "bias", quantized_bias, bias);
    Ok(())
}

/// Weights and bias with the batch normalization folded in.
fn folded(state: &LayerState) -> Result<(Floats, Floats), LayerError> {
    let array = |name: &str| Floats::of(state, name);
    let given = |name: &str| state.get(name).map(|_| array(name)).transpose();
    let variance = array("variance_data")?.add(Floats::Number(state.float("epsilon")?))?;
    let mut scale = Floats::Number(1.0).div(variance.sqrt())?;
    if let Some(gamma) = given("gamma_data")? {
        scale = scale.mul(gamma)?;
    }
    let bias = given("bias_data")?.unwrap_or(Floats::Number(0.0));
    let mut bias = scale.clone().mul(bias.sub(array("mean_data")?)?)?;
    if let Some(beta) = given("beta_data")? {
        bias = bias.add(beta)?;
    }
    let shape = state.array("weight_data")?.shape();
    Ok((scale.repeated(shape)?.mul(array("weight_data")?)?, bias))
}

/// The array with its last axis before the others.
fn last_axis_first(array: Floats) -> Floats {
    fn turned<T: Copy>(shape: &mut [usize], elements: &[T]) -> Vec<T> {
        let last = shape.last().copied().unwrap_or_default();
        shape.rotate_right(usize::from(!shape.is_empty()));
        (0..last).flat_map(|i| elements.iter().skip(i).step_by(last)).copied().collect()
    }
    match array {
        Floats::Number(number) => Floats::Number(number),
        Floats::F32(mut shape, elements) => {
            let elements = turned(&mut shape, &elements);
            Floats::F32(shape, elements)
        }
        Floats::F64(mut shape, elements) => {
            let elements = turned(&mut shape, &elements);
            Floats::F64(shape, elements)
        }
    }
}

/// The values after the quantizer of that weight, if it has one.
fn quantized(state: &LayerState, weight: &str, values: &Tensor) -> Result<Option<Tensor>, LayerError> {
    let quantizer = state.get(&format!("{weight}_quantizer")).and_then(Attribute::as_quantizer);
    let failed = |cause| LayerError::Quantize { weight: weight.to_owned(), cause };
    quantizer.map(|quantizer| quantizer.quantize(values)).transpose().map_err(failed)
}

/// Gives a weight that exists other values, before quantization and, where it has a quantizer, behind it.
fn set_values(state: &mut LayerState, weight: &str, quantized: Option<Tensor>, unquantized: Tensor) {
    if let Some(Attribute::Weight(variable)) = state.attributes.get_mut(weight) {
        if let Some(quantized) = quantized {
            variable.data = quantized;
        }
        variable.unquantized = Some(unquantized);
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_types::{NamedType, Precision, WeightVariable};

    use super::*;

    fn state(weights: &[(&str, Vec<f32>)]) -> LayerState {
        let mut state = LayerState::default();
        for (name, values) in weights {
            state.attributes.insert(*name, Tensor::vector(values.clone()));
        }
        state
            .attributes
            .insert("weight_data", Tensor::new(&[1, 1, 2, 2], vec![1f32, 2.0, 3.0, 4.0]).unwrap());
        state.attributes.insert("epsilon", 0.75);
        state
    }

    #[test]
    fn folds_per_filter() {
        let state = state(&[
            ("variance_data", vec![0.25, 3.25]),
            ("mean_data", vec![1.0, 2.0]),
            ("gamma_data", vec![1.0, 3.0]),
            ("beta_data", vec![0.5, 0.25]),
            ("bias_data", vec![2.0, 0.0]),
        ]);
        let (weight, bias) = folded(&state).unwrap();
        assert_eq!(weight, Floats::F32(vec![1, 1, 2, 2], vec![1.0, 3.0, 3.0, 6.0]));
        assert_eq!(bias, Floats::F32(vec![2], vec![1.5, -2.75]));
    }

    #[test]
    fn does_without_gamma_beta_and_bias() {
        let state = state(&[("variance_data", vec![0.25, 3.25]), ("mean_data", vec![1.0, 2.0])]);
        assert_eq!(folded(&state).unwrap().1, Floats::F32(vec![2], vec![-1.0, -1.0]));
    }

    #[test]
    fn filters_first() {
        let (weight, _) =
            folded(&state(&[("variance_data", vec![0.25; 2]), ("mean_data", vec![0.0; 2])])).unwrap();
        let expected = Floats::F32(vec![2, 1, 1, 2], vec![1.0, 3.0, 2.0, 4.0]);
        assert_eq!(last_axis_first(weight), expected);
    }

    #[test]
    fn what_was_folded_is_kept_beside_what_is_quantized() {
        let mut state = LayerState::default();
        let ty = NamedType::new("w_t".to_owned(), Precision::fixed(16, 6));
        let weight = WeightVariable::new("w1", ty, Tensor::vector(vec![0f32]));
        state.attributes.insert("weight", weight);
        let [quantized, folded] = [4f32, 5.0].map(|value| Tensor::vector(vec![value]));
        set_values(&mut state, "weight", Some(quantized.clone()), folded.clone());
        set_values(&mut state, "weight", None, folded.clone());
        let weight = state.weight("weight").unwrap();
        assert_eq!((&weight.data, weight.unquantized()), (&quantized, &folded));
    }
}
