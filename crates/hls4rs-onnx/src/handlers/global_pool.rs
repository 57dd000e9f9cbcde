//! Poolings over all pixels.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `GlobalAveragePool` and `GlobalMaxPool` over one or two dimensions.
///
/// **Source:** `parse_global_pooling_layer` of `hls4ml.converters.onnx.pooling`, hls4ml 1.3.0, which takes the second dimension
/// for the channels whatever the layout.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let info = context.node.op_type.trim_end_matches("Pool");
    let shape = context.shape(0)?;
    let is_last = context.node.is_channels_last();
    let (channels, pixels, sizes): (i64, &[i64], &[&str]) = match shape {
        [_, pixels @ .., channels] if is_last && pixels.len() == 1 => (*channels, pixels, &["n_in"]),
        [_, pixels @ .., channels] if is_last && pixels.len() == 2 => {
            (*channels, pixels, &["in_height", "in_width"])
        }
        [_, channels, pixels @ ..] if pixels.len() == 1 => (*channels, pixels, &["n_in"]),
        [_, channels, pixels @ ..] if pixels.len() == 2 => (*channels, pixels, &["in_height", "in_width"]),
        _ => {
            let message =
                format!("expected a pooling over one or two dimensions, found an input of shape {shape:?}");
            return Err(Problem::unsupported(message, "use poolings over one or two dimensions"));
        }
    };
    let mut layer = Entry::new()
        .with("name", context.node.name.as_str())
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone())
        .with("class_name", format!("{info}Pooling{}D", sizes.len()))
        .with("data_format", "channels_last")
        .with("n_out", 1)
        .with("pad_left", 0)
        .with("pad_right", 0)
        .with("stride", 0);
    if let ([_], [size]) = (sizes, pixels) {
        layer.set("n_in", *size);
        layer.set("n_filt", channels);
    } else {
        layer.set("n_filt", channels);
        for (name, size) in sizes.iter().zip(pixels) {
            layer.set(name, *size);
        }
    }
    Ok(layer)
}
