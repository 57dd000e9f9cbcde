//! Sizes of what windows move over.

use hls4rs_frontend::{Entry, Problem};

use super::call::{Call, known};

/// Windows over one or two dimensions, and how they move.
pub(super) struct Windows {
    /// Sizes.
    pub(super) size: Vec<i64>,
    /// Strides.
    pub(super) strides: Vec<i64>,
    /// `valid`, `same` or `causal`.
    pub(super) padding: String,
}

impl Windows {
    /// Sets the sizes of the input, of the output and of the padding; returns the shape of the output without its channels.
    ///
    /// **Source:** `gen_conv_config` of `hls4ml.converters.keras_v3.conv`, hls4ml 1.3.0; `compute_conv_output_shape` of
    /// `keras.src.ops.operation_utils`, Keras 3.15.
    pub(super) fn set(&self, layer: &mut Entry, pixels: &[i64]) -> Result<Vec<i64>, Problem> {
        let mut out = Vec::new();
        let mut pads = Vec::new();
        for ((length, size), stride) in pixels.iter().zip(&self.size).zip(&self.strides) {
            out.push(self.out(*length, *size, *stride)?);
            pads.push(self.pads(*length, *size, *stride)?);
        }
        let dimensions = dimensions(pixels.len())?;
        set_each(layer, "stride", dimensions, &self.strides);
        let sides = &[("top", "bottom"), ("left", "right")][2 - pixels.len()..];
        for ((before, behind), pad) in sides.iter().zip(pads) {
            layer.set(&format!("pad_{before}"), pad.0);
            layer.set(&format!("pad_{behind}"), pad.1);
        }
        set_each(layer, "in", dimensions, pixels);
        set_each(layer, "out", dimensions, &out);
        Ok(out)
    }

    /// How many windows there are along a dimension.
    pub(super) fn out(&self, length: i64, size: i64, stride: i64) -> Result<i64, Problem> {
        if stride < 1 || size < 1 {
            let message = format!("expected windows and strides from 1, found {size} and {stride}");
            return Err(Problem::malformed(message, "save the model again"));
        }
        let out = match self.padding.as_str() {
            "valid" => (length - size).div_euclid(stride) + 1,
            "same" | "causal" => (length - 1).div_euclid(stride) + 1,
            other => {
                let message = format!("`padding`: expected `same`, `valid` or `causal`, found `{other}`");
                return Err(Problem::unsupported(message, "use one of these paddings"));
            }
        };
        if out < 1 {
            let message = format!("expected windows of at most {length}, found {size}");
            return Err(Problem::malformed(message, "use smaller windows"));
        }
        Ok(out)
    }

    /// The padding before and behind.
    fn pads(&self, length: i64, size: i64, stride: i64) -> Result<(i64, i64), Problem> {
        match self.padding.as_str() {
            "same" => {
                let up = length.saturating_add(stride - 1).div_euclid(stride).saturating_mul(stride);
                let all = (up - length).saturating_add(size).saturating_sub(stride).max(0);
                Ok((all / 2, all - all / 2))
            }
            "causal" => Ok((size - 1, 0)),
            _ => Ok((0, 0)),
        }
    }
}

/// The names of so many dimensions.
pub(super) fn dimensions(rank: usize) -> Result<&'static [&'static str], Problem> {
    match rank {
        1 => Ok(&["width"]),
        2 => Ok(&["height", "width"]),
        other => {
            let message = format!("expected windows over one or two dimensions, found {other}");
            Err(Problem::unsupported(message, "use layers of one or two dimensions"))
        }
    }
}

/// Sets an attribute for each dimension.
pub(super) fn set_each(layer: &mut Entry, prefix: &str, dimensions: &[&str], values: &[i64]) {
    for (dimension, value) in dimensions.iter().zip(values) {
        layer.set(&format!("{prefix}_{dimension}"), *value);
    }
}

/// The pixels and the channels of the input of a layer.
pub(super) fn pixels_and_channels(call: &Call<'_, '_>) -> Result<(Vec<i64>, i64), Problem> {
    let mut dims = known(&call.input()?.shape)?;
    let channels = if dims.is_empty() {
        None
    } else if is_channels_first(call) {
        Some(dims.remove(0))
    } else {
        dims.pop()
    };
    let channels = channels.ok_or_else(|| {
        Problem::malformed("expected an input with channels, found none", "save the model again")
    })?;
    Ok((dims, channels))
}

/// A shape in the layout of the layer.
pub(super) fn shape_of(call: &Call<'_, '_>, pixels: &[i64], channels: i64) -> Vec<Option<i64>> {
    let pixels = pixels.iter().copied();
    if is_channels_first(call) {
        call.batched(std::iter::once(channels).chain(pixels))
    } else {
        call.batched(pixels.chain([channels]))
    }
}

/// Whether the channels are before the pixels.
pub(super) fn is_channels_first(call: &Call<'_, '_>) -> bool {
    call.config.get("data_format").and_then(hls4rs_types::Attribute::as_str) == Some("channels_first")
}
