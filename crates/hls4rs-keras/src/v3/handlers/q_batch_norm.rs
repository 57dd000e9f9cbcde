//! Normalization with quantizers.

use hls4rs_frontend::Problem;
use hls4rs_types::Tensor;
use ndarray::{ArrayD, Zip};

use super::activation::same;
use crate::v3::call::{Call, Made, size};
use crate::v3::hgq::{floats, own, quantized};

/// `QBatchNormalization`: a factor and an offset.
///
/// **Formula.** The factor is γ / √(variance + ε), the offset β − mean · factor; each goes through its quantizer.
///
/// **Source:** `QBatchNormalizationHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0;
/// `QBatchNormalization._scaler_and_offset`, HGQ2 0.2. A layer that is not centred has a β of 1 there.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let rank = call.input()?.shape.len() as i64;
    let axis = call.config.ints("axis", 1)?[0];
    if axis != -1 && axis != rank - 1 {
        let message = format!("`axis`: expected the last one, found {axis}");
        return Err(Problem::unsupported(message, "normalize over the last dimension"));
    }
    let (scales, centres) = (call.config.bool("scale")?, call.config.bool("center")?);
    let mut order = Vec::new();
    order.extend(scales.then_some("bn_gamma"));
    order.extend(centres.then_some("bn_beta"));
    order.extend(["moving_mean", "moving_variance"]);
    let get = |name: &str| floats(&call.variable(&order, name)?);
    let (mean, variance) = (get("moving_mean")?, get("moving_variance")?);
    let ones = || ArrayD::ones(variance.raw_dim());
    let gamma = if scales { get("bn_gamma")? } else { ones() };
    let beta = if centres { get("bn_beta")? } else { ones() };
    if [&mean, &gamma, &beta].iter().any(|array| array.shape() != variance.shape()) {
        return Err(Problem::malformed(
            "expected parameters of equal sizes, found others",
            "save the model again",
        ));
    }
    let epsilon = call.config.float("epsilon")? as f32;
    let scale =
        Zip::from(&gamma).and(&variance).map_collect(|gamma, variance| gamma / (variance + epsilon).sqrt());
    let offset = Zip::from(&beta).and(&mean).and(&scale).map_collect(|beta, mean, scale| beta - mean * scale);
    let mut layer = call.entry();
    layer.set_size("n_filt", scale.len());
    layer.set("n_in", size(&call.dims()?));
    layer.set("scale_data", Tensor::from(own(call, "kq")?.apply(&scale)?));
    layer.set("bias_data", Tensor::from(own(call, "bq")?.apply(&offset)?));
    let made = same(call, layer)?;
    quantized(call, made)
}
