//! Poolings over windows.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `AveragePool` and `MaxPool` over one or two dimensions.
///
/// **Formula:** `out = ⌊(in + pads − ((kernel − 1) · dilation + 1)) / stride + 1⌋`.
///
/// **Source:** `parse_pool_layer` of `hls4ml.converters.onnx.pooling`, hls4ml 1.3.0, which does not look at `ceil_mode`. Over one
/// dimension it mixes up pixels and channels, leaves the padding out, and fails; here the layer is what it should be.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    context.channels_last()?;
    let shape = context.shape(0)?;
    let n_dim = shape.len().saturating_sub(2);
    if !(1..=2).contains(&n_dim) {
        let message =
            format!("expected a pooling over one or two dimensions, found an input of shape {shape:?}");
        return Err(Problem::unsupported(message, "use poolings over one or two dimensions"));
    }
    let strides = context.ints_or_ones("strides", n_dim)?;
    let kernel = context.ints("kernel_shape", n_dim)?;
    let pads = match context.node.ints("pads") {
        None => vec![0; 2 * n_dim],
        Some(_) => context.ints("pads", 2 * n_dim)?,
    };
    let dilations = context.ints_or_ones("dilations", n_dim)?;
    if strides.iter().chain(&kernel).chain(&dilations).any(|value| *value < 1) {
        let message = "expected kernel, strides and dilations from 1, found smaller ones";
        return Err(Problem::malformed(message, "export the model again"));
    }
    if context.node.int("ceil_mode").unwrap_or_default() != 0 {
        let sizes = &shape[1..=n_dim];
        let rest =
            |dim: usize| sizes[dim] + pads[dim] + pads[n_dim + dim] - (kernel[dim] - 1) * dilations[dim] - 1;
        if (0..n_dim).any(|dim| rest(dim) % strides[dim] != 0) {
            let message = "attribute `ceil_mode`: expected windows that fit, found a last one that does not";
            return Err(Problem::unsupported(message, "pad the input, or leave the last pixels out"));
        }
    }
    let info = context.node.op_type.trim_end_matches("Pool");
    let out = |dim: usize, length: i64, pads: i64| {
        (length + pads - ((kernel[dim] - 1) * dilations[dim] + 1)).div_euclid(strides[dim]) + 1
    };
    let mut layer = Entry::new()
        .with("name", context.node.name.as_str())
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone())
        .with("class_name", format!("{info}Pooling{n_dim}D"))
        .with("data_format", "channels_last")
        .with("pads", pads.clone())
        .with("dilations", dilations.clone());
    match shape {
        [_, length, channels] => {
            for (name, value) in [
                ("n_filt", *channels),
                ("n_in", *length),
                ("pool_width", kernel[0]),
                ("stride_width", strides[0]),
                ("pad_left", pads[0]),
                ("pad_right", pads[1]),
                ("n_out", out(0, *length, pads[0] + pads[1])),
            ] {
                layer.set(name, value);
            }
        }
        [_, height, width, channels] => {
            for (name, value) in [
                ("n_filt", *channels),
                ("in_height", *height),
                ("in_width", *width),
                ("stride_height", strides[0]),
                ("stride_width", strides[1]),
                ("pool_height", kernel[0]),
                ("filt_height", kernel[0]),
                ("pool_width", kernel[1]),
                ("filt_width", kernel[1]),
                ("pad_top", pads[0]),
                ("pad_bottom", pads[2]),
                ("pad_left", pads[1]),
                ("pad_right", pads[3]),
                ("out_height", out(0, *height, pads[0] + pads[2])),
                ("out_width", out(1, *width, pads[1] + pads[3])),
            ] {
                layer.set(name, value);
            }
        }
        _ => {}
    }
    Ok(layer)
}
