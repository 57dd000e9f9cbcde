//! Resizing of images.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Resize`, whose scales or sizes are inputs until a pass takes them in.
///
/// **Source:** `parse_resize_layer` of `hls4ml.converters.onnx.reshape`, hls4ml 1.3.0, which takes the second dimension for the
/// width and the third one for the height.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let shape = context.shape(0)?;
    let [_, width, height, channels] = shape else {
        let message = format!("expected an image, found an input of shape {shape:?}");
        return Err(Problem::unsupported(message, "resize images of two dimensions"));
    };
    let mut layer = context.entry("Resize");
    for (name, value) in [
        ("in_height", height),
        ("in_width", width),
        ("out_width", width),
        ("out_height", height),
        ("n_chan", channels),
    ] {
        layer.set(name, *value);
    }
    layer.set("algorithm", context.node.text("mode").unwrap_or("nearest"));
    layer.set("data_format", context.layout());
    Ok(layer)
}
