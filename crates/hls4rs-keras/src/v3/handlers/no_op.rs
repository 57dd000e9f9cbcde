//! Layers that do nothing when a model predicts.

use hls4rs_frontend::Problem;

use super::activation::same;
use crate::v3::call::{Call, Made, size};

/// Noise, and random changes of images: a linear activation.
///
/// **Source:** `NoOp` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0. A `RandomCrop` that makes images smaller is one, too; here
/// it is a problem.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let dims = call.dims()?;
    if call.class_name == "RandomCrop" {
        let to = [call.config.int("height")?, call.config.int("width")?];
        if !dims.windows(2).any(|pair| pair == to) {
            let message = format!("expected an image of {} × {}, found another size", to[0], to[1]);
            return Err(Problem::unsupported(message, "crop the images before they are given to the model"));
        }
    }
    let mut layer = call.entry();
    layer.set("activation", "linear");
    layer.set("class_name", "Activation");
    layer.set("n_in", size(&dims));
    same(call, layer)
}
