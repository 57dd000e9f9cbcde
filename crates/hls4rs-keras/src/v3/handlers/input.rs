//! Inputs of a model.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v3::call::{Call, Made, dims};

/// `InputLayer`.
///
/// **Source:** `InputHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0. Unlike for Keras 2, integers are not told from
/// other numbers. An input without dimensions besides the batch ends in an error in `Input.initialize` of `hls4ml.model.layers`.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    // the older name is found in older files
    let shape = call.config.get("batch_shape").or_else(|| call.config.get("batch_input_shape"));
    let Some(shape) = shape.and_then(Attribute::as_list) else {
        return Err(Problem::malformed("`batch_shape`: expected a list, found none", "save the model again"));
    };
    let shape: Vec<Option<i64>> = shape.iter().map(Attribute::as_int).collect();
    if shape.len() < 2 {
        let message = "`batch_shape`: expected a dimension besides the batch, found none";
        return Err(Problem::unsupported(message, "give the input the shape `(1,)`"));
    }
    let layer = call.entry().with("input_shape", dims(&shape));
    Ok(Made { layers: vec![layer], shape })
}
