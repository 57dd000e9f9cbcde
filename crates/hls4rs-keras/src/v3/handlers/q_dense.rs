//! Matrix products with quantizers.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, Tensor};
use ndarray::{ArrayD, Axis, IxDyn};

use super::dense::{set, shape};
use crate::v3::call::{Call, Made, known, size};
use crate::v3::hgq::{counts, floats, own, quantized};

/// `QDense`.
///
/// **Source:** `QDenseHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let order = ["kernel", "bias"];
    let kernel = call.quantized_variable(&order, "kernel", "kq")?;
    let uses_bias = call.config.bool("use_bias")?;
    let bias = uses_bias.then(|| call.quantized_variable(&order, "bias", "bq")).transpose()?;
    with_weights(call, &kernel, bias)
}

/// `QBatchNormDense`: a normalization of the input that is part of the weights.
///
/// **Formula.** The kernel is scaled by γ / √(variance + ε) of its row; from the bias, the mean times the kernel is taken.
///
/// **Source:** `QBatchNormDense.get_fused_qkernel_and_qbias`, HGQ2 0.2. It takes the kernel that is not scaled for the bias.
pub(super) fn normalized(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let scales = call.config.bool("scale")?;
    let mut order = vec!["kernel", "bias"];
    order.extend(scales.then_some("bn_gamma"));
    order.extend(counts(call.config).then_some(["beta", "ebops"]).into_iter().flatten());
    order.extend(["moving_mean", "moving_variance"]);
    let get = |name: &str| floats(&call.variable(&order, name)?);
    let (kernel, bias) = (get("kernel")?, get("bias")?);
    let (mean, variance) = (get("moving_mean")?, get("moving_variance")?);
    let epsilon = call.config.float("epsilon")? as f32;
    let gamma = if scales { get("bn_gamma")? } else { ArrayD::ones(variance.raw_dim()) };
    let n_in = kernel.shape().first().copied().unwrap_or(0);
    let all = [&mean, &variance, &gamma];
    if kernel.ndim() != 2 || all.iter().any(|array| array.shape() != [n_in]) {
        return Err(Problem::malformed(
            "expected statistics for each input, found others",
            "save the model again",
        ));
    }
    let scale: Vec<f32> =
        gamma.iter().zip(&variance).map(|(gamma, variance)| gamma / (variance + epsilon).sqrt()).collect();
    let mut fused = kernel.clone();
    for (mut row, scale) in fused.axis_iter_mut(Axis(0)).zip(&scale) {
        row.mapv_inplace(|weight| scale * weight);
    }
    let offsets: Vec<f32> = kernel
        .axis_iter(Axis(1))
        .map(|column| {
            let products =
                column.iter().zip(&mean).map(|(weight, mean)| f64::from(*weight) * f64::from(*mean));
            -(products.sum::<f64>() as f32)
        })
        .collect();
    let offsets = ArrayD::from_shape_vec(IxDyn(&[offsets.len()]), offsets)
        .map_err(|error| Problem::malformed(error, "save the model again"))?;
    if bias.shape() != offsets.shape() {
        return Err(Problem::malformed(
            "expected a bias for each unit, found others",
            "save the model again",
        ));
    }
    let kernel = Tensor::from(own(call, "kq")?.apply(&fused)?);
    let bias = Tensor::from(own(call, "bq")?.apply(&(bias + offsets))?);
    with_weights(call, &kernel, Some(bias))
}

fn with_weights(call: &Call<'_, '_>, kernel: &Tensor, bias: Option<Tensor>) -> Result<Made, Problem> {
    let mut layer = call.entry();
    set(&mut layer, kernel, bias)?;
    layer.set("class_name", "Dense");
    let dims = known(&call.input()?.shape)?;
    if let [rows @ .., _] = dims.as_slice()
        && !rows.is_empty()
    {
        let factor = call.config.get("parallelization_factor").and_then(Attribute::as_int);
        let all = size(rows);
        layer.set("parallelization_factor", factor.filter(|factor| *factor >= 0).unwrap_or(all));
    }
    let shape = shape(call)?;
    let made = call.with_activation(layer, shape)?;
    quantized(call, made)
}
