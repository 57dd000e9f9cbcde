//! Matrix products.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, Tensor};

use crate::v3::call::{Call, Made};

/// `Dense`.
///
/// **Source:** `DenseHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let order = ["kernel", "bias"];
    let kernel = call.variable(&order, "kernel")?;
    let bias = call.config.bool("use_bias")?.then(|| call.variable(&order, "bias")).transpose()?;
    let mut layer = call.entry();
    set(&mut layer, &kernel, bias)?;
    let shape = shape(call)?;
    call.with_activation(layer, shape)
}

/// Sets the weights, and the sizes as they have them.
pub(super) fn set(layer: &mut Entry, kernel: &Tensor, bias: Option<Tensor>) -> Result<(), Problem> {
    let [n_in, n_out] = kernel.shape() else {
        let message = format!("weight `kernel`: expected two dimensions, found {}", kernel.rank());
        return Err(Problem::malformed(message, "save the model again"));
    };
    let (n_in, n_out) = (*n_in, *n_out);
    layer.set("data_format", "channels_last");
    layer.set("weight_data", kernel.clone());
    layer.set("bias_data", bias.map_or(Attribute::Null, Attribute::Array));
    layer.set_size("n_out", n_out);
    layer.set_size("n_in", n_in);
    Ok(())
}

/// The shape of the input with as many elements in the last dimension as there are units.
pub(super) fn shape(call: &Call<'_, '_>) -> Result<Vec<Option<i64>>, Problem> {
    let units = call.config.int("units")?;
    let mut shape = call.input()?.shape.clone();
    shape.pop();
    shape.push(Some(units));
    Ok(shape)
}
