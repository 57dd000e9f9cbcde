//! Sums of products with weights, with quantizers.

use hls4rs_frontend::Problem;
use hls4rs_types::Tensor;
use ndarray::{ArrayD, IxDyn};

use super::einsum_dense::{has_bias, with_weights};
use crate::v3::call::{Call, Made};
use crate::v3::einsum::Equation;
use crate::v3::hgq::{QLayer, counts, floats, own, quantized};

/// `QEinsumDense`.
///
/// **Source:** `QEinsumDenseHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let quantizers = QLayer::of(call)?;
    with(call, &quantizers)
}

/// The same with given quantizers.
pub(super) fn with(call: &Call<'_, '_>, quantizers: &QLayer) -> Result<Made, Problem> {
    let order = ["kernel", "bias"];
    let kernel = call.quantized_variable(&order, "kernel", "kq")?;
    let bias = has_bias(call).then(|| call.quantized_variable(&order, "bias", "bq")).transpose()?;
    let made = with_weights(call, kernel, bias)?;
    quantizers.around(call, made)
}

/// `QEinsumDenseBatchnorm`: a normalization of the output that is part of the weights.
///
/// **Formula.** The kernel is scaled by γ / √(variance + 10⁻⁷) along the axes of the bias; from the bias, the scaled mean is taken.
///
/// **Source:** `QEinsumDenseBatchnorm.get_fused_qkernel_and_qbias`, HGQ2 0.2. It takes Keras' epsilon and not the layer's own. Of what
/// it was set up with nothing is saved: what Keras loads is normalized along the axes of the bias, and scaled.
pub(super) fn normalized(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let mut order = vec!["kernel", "bias", "gamma"];
    order.extend(counts(call.config).then_some(["beta", "ebops"]).into_iter().flatten());
    order.extend(["moving_mean", "moving_variance"]);
    let get = |name: &str| floats(&call.variable(&order, name)?);
    let (kernel, bias, gamma) = (get("kernel")?, get("bias")?, get("gamma")?);
    let (mean, variance) = (get("moving_mean")?, get("moving_variance")?);
    let axes = call.config.text("bias_axes")?;
    let equation = Equation::new(call.config.text("equation")?)?;
    let wrong = || {
        Problem::malformed(
            "expected statistics for the axes of the bias, found others",
            "save the model again",
        )
    };
    // the kernel's dimensions that are normalized
    let place = |axis: char| equation.second.chars().position(|other| other == axis);
    let places: Vec<usize> = {
        let mut places: Vec<usize> = axes.chars().map(place).collect::<Option<_>>().ok_or_else(wrong)?;
        places.sort_unstable();
        places
    };
    let mut cast = vec![1; kernel.ndim()];
    for place in &places {
        *cast.get_mut(*place).ok_or_else(wrong)? = kernel.shape()[*place];
    }
    if gamma.shape() != variance.shape() || mean.shape() != variance.shape() {
        return Err(wrong());
    }
    let scale = ndarray::Zip::from(&gamma)
        .and(&variance)
        .map_collect(|gamma, variance| gamma / (variance + 1e-7f32).sqrt());
    let reshaped =
        |array: ArrayD<f32>, shape: &[usize]| array.into_shape_with_order(IxDyn(shape)).map_err(|_| wrong());
    let factors = reshaped(scale.clone(), &cast)?;
    let fused = &kernel * &factors.broadcast(kernel.raw_dim()).ok_or_else(wrong)?;
    let offset = ndarray::Zip::from(&mean).and(&scale).map_collect(|mean, scale| -mean * scale);
    let bias = &bias + &reshaped(offset, bias.shape())?;
    let kernel = Tensor::from(own(call, "kq")?.apply(&fused)?);
    let bias = Tensor::from(own(call, "bq")?.apply(&bias)?);
    let made = with_weights(call, kernel, Some(bias))?;
    quantized(call, made)
}
