//! Convolutions over one and two dimensions.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, Tensor};

use crate::v3::call::{Call, Made};
use crate::v3::windows::{Windows, dimensions, pixels_and_channels, set_each, shape_of};

/// `Conv`.
///
/// **Source:** `ConvHandler` of `hls4ml.converters.keras_v3.conv`, hls4ml 1.3.0. It does not look at dilation and groups.
pub(super) fn plain(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let (kernel, bias) = kernels(call, &["kernel", "bias"])?;
    let filters = call.config.int("filters")?;
    let (layer, shape) = layer(call, kernel, bias, filters)?;
    call.with_activation(layer, shape)
}

/// `DepthwiseConv`.
///
/// **Source:** `ConvHandler` of `hls4ml.converters.keras_v3.conv`, hls4ml 1.3.0.
pub(super) fn depthwise(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let (kernel, bias) = kernels(call, &["kernel", "bias"])?;
    let multiplier = call.config.int("depth_multiplier")?;
    let filters = pixels_and_channels(call)?.1.saturating_mul(multiplier);
    let (mut layer, shape) = layer(call, kernel.clone(), bias, filters)?;
    layer.set("depthwise_data", kernel);
    layer.set("depth_multiplier", multiplier);
    call.with_activation(layer, shape)
}

/// `SeparableConv`.
///
/// **Source:** `ConvHandler` of `hls4ml.converters.keras_v3.conv`, hls4ml 1.3.0. It looks for a weight that Keras' layer does not
/// have and ends in an error; here the layer is what that code means.
pub(super) fn separable(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let order = ["depthwise_kernel", "pointwise_kernel", "bias"];
    let (kernel, bias) = kernels(call, &order)?;
    let filters = call.config.int("filters")?;
    let pointwise = call.variable(&order, "pointwise_kernel")?;
    let (mut layer, shape) = layer(call, kernel.clone(), bias, filters)?;
    layer.set("depthwise_data", kernel);
    layer.set("pointwise_data", pointwise);
    layer.set("depth_multiplier", call.config.int("depth_multiplier")?);
    call.with_activation(layer, shape)
}

/// The first kernel, and the bias if there is one.
fn kernels(call: &Call<'_, '_>, order: &[&str]) -> Result<(Tensor, Option<Tensor>), Problem> {
    let kernel = call.variable(order, order.first().copied().unwrap_or_default())?;
    let bias = call.config.bool("use_bias")?.then(|| call.variable(order, "bias")).transpose()?;
    Ok((kernel, bias))
}

/// The layer with sizes and weights, and the shape of its output.
pub(super) fn layer(
    call: &Call<'_, '_>,
    kernel: Tensor,
    bias: Option<Tensor>,
    filters: i64,
) -> Result<(Entry, Vec<Option<i64>>), Problem> {
    let (pixels, channels) = pixels_and_channels(call)?;
    let rank = pixels.len();
    for (key, count) in [("dilation_rate", rank), ("groups", 1)] {
        if call.config.get(key).is_some() && call.config.ints(key, count)?.iter().any(|value| *value != 1) {
            let message = format!("`{key}`: expected 1, found another number");
            return Err(Problem::unsupported(message, "use convolutions without dilation and groups"));
        }
    }
    let windows = Windows {
        size: call.config.ints("kernel_size", rank)?,
        strides: call.config.ints("strides", rank)?,
        padding: call.config.text("padding")?.to_owned(),
    };
    let mut layer = call.entry();
    set_each(&mut layer, "filt", dimensions(rank)?, &windows.size);
    let out = windows.set(&mut layer, &pixels)?;
    layer.set("n_filt", filters);
    layer.set("n_chan", channels);
    layer.set("bias_data", bias.map_or(Attribute::Null, Attribute::Array));
    layer.set("data_format", call.config.0.get("data_format").cloned().unwrap_or_default());
    layer.set("weight_data", kernel);
    Ok((layer, shape_of(call, &out, filters)))
}
