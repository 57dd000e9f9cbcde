//! Convolutions.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Conv` over one or two dimensions as the layer of the same name, which a pass makes `Conv1D`, `Conv2D` or depthwise.
///
/// **Shapes:** data `[batch, …, n_chan]`, kernel `[n_filt, …, n_chan / group]`.
///
/// **Formula:** `out = ⌈(in + pads − kernel · dilation + 1) / stride⌉`.
///
/// **Source:** `parse_conv_layer` of `hls4ml.converters.onnx.convolution`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    context.channels_last()?;
    let (shape, kernel) = (context.shape(0)?, context.shape(1)?);
    let n_dim = shape.len().saturating_sub(2);
    let ([.., width, channels], 1 | 2) = (shape, n_dim) else {
        let message =
            format!("expected a convolution over one or two dimensions, found an input of shape {shape:?}");
        return Err(Problem::unsupported(message, "use convolutions over one or two dimensions"));
    };
    if context.node.text("auto_pad").is_some_and(|mode| mode != "NOTSET") {
        return Err(Problem::unsupported(
            "attribute `auto_pad`: expected none, found one",
            "give the padding as `pads`",
        ));
    }
    let window = Window::of(context, n_dim)?;
    let mut layer = Entry::new()
        .with("name", context.node.name.as_str())
        .with("data_format", "channels_last")
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone())
        .with("in_width", *width)
        .with("n_chan", *channels)
        .with("n_filt", kernel.first().copied().unwrap_or_default());
    let group = context.node.int("group").unwrap_or(1);
    layer.set("group", group);
    if group != 1 {
        if *channels == 0 || group % channels != 0 {
            let message = format!(
                "attribute `group`: expected 1 or a multiple of the {channels} channels, found {group}"
            );
            return Err(Problem::unsupported(
                message,
                "use plain convolutions (all backends), or depthwise ones (Vivado, Vitis, Catapult)",
            ));
        }
        layer.set("depth_multiplier", group / channels);
    }
    layer.set("n_dim", i64::try_from(n_dim).unwrap_or_default());
    layer.set("class_name", "Conv");
    match shape {
        [_, width, _] => {
            layer.set("out_width", window.out(0, *width));
            for (name, values) in [("pad_left", window.pads[0]), ("pad_right", window.pads[1])] {
                layer.set(name, values);
            }
            layer.set("filt_width", window.kernel[0]);
            layer.set("stride_width", window.strides[0]);
            layer.set("dilation_width", window.dilations[0]);
        }
        [_, height, width, _] => set_2d(&mut layer, &window, *height, *width),
        _ => {}
    }
    Ok(layer)
}

fn set_2d(layer: &mut Entry, window: &Window, height: i64, width: i64) {
    layer.set("in_height", height);
    layer.set("out_height", window.out(0, height));
    layer.set("out_width", window.out(1, width));
    let names = ["pad_top", "pad_left", "pad_bottom", "pad_right"];
    for (name, pad) in names.iter().zip(&window.pads) {
        layer.set(name, *pad);
    }
    for (what, values) in
        [("filt", &window.kernel), ("stride", &window.strides), ("dilation", &window.dilations)]
    {
        for (direction, value) in ["height", "width"].iter().zip(values.iter()) {
            layer.set(&format!("{what}_{direction}"), *value);
        }
    }
}

/// The window of a convolution: one entry per dimension, pads before all and then behind all.
struct Window {
    kernel: Vec<i64>,
    strides: Vec<i64>,
    dilations: Vec<i64>,
    pads: Vec<i64>,
}

impl Window {
    fn of(context: &Context<'_>, n_dim: usize) -> Result<Self, Problem> {
        let pads = match context.node.ints("pads") {
            None => vec![0; 2 * n_dim],
            Some(_) => context.ints("pads", 2 * n_dim)?,
        };
        let window = Self {
            kernel: context.ints("kernel_shape", n_dim)?,
            strides: context.ints_or_ones("strides", n_dim)?,
            dilations: context.ints_or_ones("dilations", n_dim)?,
            pads,
        };
        if window.kernel.iter().chain(&window.strides).chain(&window.dilations).any(|value| *value < 1) {
            let message = "expected kernel, strides and dilations from 1, found smaller ones";
            return Err(Problem::malformed(message, "export the model again"));
        }
        Ok(window)
    }

    /// Number of outputs along a dimension of that length.
    fn out(&self, dim: usize, length: i64) -> i64 {
        let n_dim = self.kernel.len();
        let full = length + self.pads[dim] + self.pads[dim + n_dim];
        let places = full - self.kernel[dim] * self.dilations[dim] + 1;
        places.div_euclid(self.strides[dim]) + i64::from(places.rem_euclid(self.strides[dim]) != 0)
    }
}
