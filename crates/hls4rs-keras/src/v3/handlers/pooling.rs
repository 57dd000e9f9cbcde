//! Pooling over windows, and over all pixels.

use hls4rs_frontend::Problem;

use crate::v3::call::{Call, Made};
use crate::v3::windows::{Windows, pixels_and_channels, shape_of};

/// Pooling of one or two dimensions.
///
/// **Source:** `PoolingHandler` of `hls4ml.converters.keras_v3.pooling`, hls4ml 1.3.0. Pooling over all pixels has a window of their
/// size.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let (pixels, channels) = pixels_and_channels(call)?;
    let rank = pixels.len();
    let is_global = call.class_name.contains("Global");
    let windows = if is_global {
        Windows { size: pixels.clone(), strides: pixels.clone(), padding: "valid".to_owned() }
    } else {
        Windows {
            size: call.config.ints("pool_size", rank)?,
            strides: call.config.ints("strides", rank)?,
            padding: call.config.text("padding")?.to_owned(),
        }
    };
    let mut layer = call.entry();
    let out = windows.set(&mut layer, &pixels)?;
    layer.set("n_filt", channels);
    layer.set("n_chan", channels);
    layer.set("pool_width", windows.size[rank - 1]);
    if rank == 2 {
        layer.set("pool_height", windows.size[0]);
    } else {
        layer.set("n_in", pixels[0]);
        layer.set("n_out", out[0]);
    }
    let shape = if is_global && !call.config.bool("keepdims")? {
        call.batched([channels])
    } else {
        shape_of(call, &out, channels)
    };
    call.with_activation(layer, shape)
}
