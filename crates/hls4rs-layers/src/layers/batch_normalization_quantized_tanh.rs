//! Batch normalization and step function in one.

use hls4rs_types::{Precision, Tensor};

use super::{numeric::Floats, shapes::same_shape};
use crate::{Initializer, LayerError, OutputOptions, WeightOptions, layer};

layer! {
    /// A batch normalization followed by a step function: a comparison with thresholds.
    ///
    /// **Shapes:** `[…] → […]`; thresholds `[n_filt]`, or `[n_in]` where `n_filt` is −1.
    ///
    /// **Formula:** with `quantize` 2, `y = 1 if x ≥ threshold else 0`, where 0 stands for −1; with 3,
    /// `y = 1 if x > threshold_hi, −1 if x ≤ threshold_lo, else 0`.
    ///
    /// **Precision:** thresholds in that of the input; the output is one Xnor bit, or `int<2>`.
    ///
    /// **Source:** `hls4ml.backends.fpga.fpga_layers.BatchNormalizationQuantizedTanh`, hls4ml 1.3.0.
    BatchNormalizationQuantizedTanh, BatchNormalizationQuantizedTanhBuilder =
        "hls4ml.backends.fpga.fpga_layers.BatchNormalizationQuantizedTanh";
    aliases: ["BatchNormalizationQuantizedTanh"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        n_filt: Int = Int(0), "number of channels, −1 where every element has thresholds of its own";
        accum_t: Type, configurable, "type of intermediate sums, of which there are none";
        reuse_factor: Int = Int(1), configurable, "how many times each comparator is used";
        n_out: Int = Optional, "number of elements of the output";
        quantize: Int = Optional, "number of levels: 2 or 3";
        original_name: String = Optional, "name of the batch normalization";
        threshold: Weight = Optional, "thresholds, with 2 levels";
        threshold_t: Type = Optional, "type of the thresholds";
        threshold_hi: Weight = Optional, "upper thresholds, with 3 levels";
        threshold_hi_t: Type = Optional, "type of the upper thresholds";
        threshold_lo: Weight = Optional, "lower thresholds, with 3 levels";
        threshold_lo_t: Type = Optional, "type of the lower thresholds";
    }
    weights: {
        threshold = "t{index}";
        threshold_hi = "th{index}";
        threshold_lo = "tl{index}";
    }
    infer: same_shape;
    initialize: initialize;
}

/// NumPy 1, with which hls4ml reads QKeras models, gives the product of single precision and an integer of more than so
/// many bits double precision.
const SHORT_BITS: i32 = 16;

/// How many values the output can have.
#[derive(Clone, Copy)]
enum Levels {
    Binary,
    Ternary,
}

impl BatchNormalizationQuantizedTanh {
    /// Makes thresholds of the factors and summands of a batch normalization; `ternary_threshold` is that of the step
    /// function. The pass that merges both layers does this after initialization.
    ///
    /// # Errors
    /// If the input's precision has no point, or factors and summands are not of one shape.
    pub fn set_thresholds(
        init: &mut Initializer<'_>,
        scale: &Tensor,
        bias: &Tensor,
        ternary_threshold: f64,
    ) -> Result<(), LayerError> {
        let scale = Floats::from_tensor("scale", scale)?;
        let center = Floats::from_tensor("bias", bias)?.neg().div(scale.clone())?;
        let levels = initialize_output(init)?;
        match levels {
            Levels::Binary => add(init, "threshold", "threshold{index}_t", center),
            Levels::Ternary => {
                let beside = |distance| Floats::Number(distance).div(scale.clone())?.add(center.clone());
                add(init, "threshold_hi", "threshold_hi_{index}_t", beside(ternary_threshold)?)?;
                add(init, "threshold_lo", "threshold_lo_{index}_t", beside(-ternary_threshold)?)
            }
        }
    }
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    initialize_output(init).map(|_| ())
}

fn initialize_output(init: &mut Initializer<'_>) -> Result<Levels, LayerError> {
    let (levels, precision) = match init.state.int("quantize")? {
        2 => (Levels::Binary, Precision::Xnor),
        3 => (Levels::Ternary, Precision::int(2)),
        _ => return Err(LayerError::attribute("quantize", "2 or 3", init.state.get("quantize"))),
    };
    let shape = &init.input_dims(0)?;
    init.add_output(shape, OutputOptions { precision: Some(precision), ..OutputOptions::default() })?;
    Ok(levels)
}

/// Adds thresholds, rounded down to the precision of the input.
fn add(init: &mut Initializer<'_>, name: &str, type_name: &str, values: Floats) -> Result<(), LayerError> {
    let precision = init.input(0)?.precision();
    let fixed = precision.to_fixed().ok_or_else(|| LayerError::Unsupported {
        message: format!("thresholds for an input of the precision {precision}, which has no binary point"),
    })?;
    let steps = Floats::Number(f64::from(fixed.fractional()).exp2());
    let values = if fixed.fractional() >= SHORT_BITS { values.widened() } else { values };
    let data = values.mul(steps.clone())?.floor().div(steps)?.into_tensor(name)?;
    let options = WeightOptions {
        data: Some(data),
        precision: Some(precision),
        type_name: Some(type_name.to_owned()),
        ..WeightOptions::default()
    };
    init.add_weight_named(name, options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::{initialize_then, initialized, try_initialize, variable};
    use crate::{Draft, LayerState};

    fn draft(quantize: i64) -> Draft {
        let layer = BatchNormalizationQuantizedTanh::builder("bn").n_in(1).quantize(quantize).inputs(["x"]);
        layer.accum_t(Precision::int(4)).build()
    }

    fn with_thresholds(quantize: i64, scale: f32, bias: f32) -> LayerState {
        let [scale, bias] = [scale, bias].map(|value| Tensor::vector(vec![value]));
        initialize_then(draft(quantize), &[variable("x", &[1])], |init| {
            BatchNormalizationQuantizedTanh::set_thresholds(init, &scale, &bias, 0.5)
        })
        .unwrap()
    }

    #[test]
    fn levels_decide_the_precision() {
        let result = |quantize| initialized(draft(quantize), &[variable("x", &[1])]);
        assert_eq!(result(2).named_type("result_t").unwrap().precision, Precision::Xnor);
        assert_eq!(result(3).named_type("result_t").unwrap().precision, Precision::int(2));
        let error = try_initialize(draft(4), &[variable("x", &[1])]).unwrap_err();
        assert_eq!(error.to_string(), "attribute `quantize`: expected 2 or 3, found 4");
    }

    #[test]
    fn thresholds_are_rounded_down_to_the_input() {
        let state = with_thresholds(2, 3.0, 1.0);
        let threshold = state.weight("threshold").unwrap();
        assert_eq!(threshold.data, Tensor::vector(vec![-342f32 / 1024.0]));
        assert_eq!((threshold.name.as_str(), threshold.ty.name.as_str()), ("t3", "threshold3_t"));
        assert_eq!(threshold.precision(), Precision::fixed(16, 6));
    }

    #[test]
    fn three_levels_have_two_thresholds() {
        let state = with_thresholds(3, 2.0, 1.0);
        assert_eq!(state.weight("threshold_hi").unwrap().data, Tensor::vector(vec![-0.25f32]));
        assert_eq!(state.weight("threshold_lo").unwrap().data, Tensor::vector(vec![-0.75f32]));
        assert_eq!(state.weight("threshold_lo").unwrap().ty.name, "threshold_lo_3_t");
    }
}
