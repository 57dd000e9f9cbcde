//! Padding with zeros.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Pad` with zeros around the pixels as `ZeroPadding1D` or `ZeroPadding2D`.
///
/// **Source:** `parse_pad_layer` of `hls4ml.converters.onnx.reshape`, hls4ml 1.3.0, which does not look at the padding of batch
/// and channels; here it must be 0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let mode = context.node.text("mode").unwrap_or("constant");
    if mode != "constant" {
        let message = format!("attribute `mode`: expected `constant`, found `{mode}`");
        return Err(Problem::unsupported(message, "pad with zeros"));
    }
    if context.inputs.len() > 3 {
        return Err(Problem::unsupported(
            "expected no axes, found some",
            "give the padding of all dimensions",
        ));
    }
    if let Some(value) = constant(context, 2)?
        && value.iter().any(|value| *value != 0.0)
    {
        return Err(Problem::unsupported(format!("expected the value 0, found {value:?}"), "pad with zeros"));
    }
    let shape = context.shape(0)?;
    let Some(pads) = constant(context, 1)?.filter(|pads| pads.len() == 2 * shape.len()) else {
        let message = "expected constant paddings of all dimensions, found others";
        return Err(Problem::unsupported(message, "give the padding as a constant"));
    };
    let layout = context.layout();
    let class = if shape.len() == 3 { "ZeroPadding1D" } else { "ZeroPadding2D" };
    let mut layer = context.entry(class);
    layer.set("data_format", layout);
    let first = if layout == "channels_first" { 2 } else { 1 };
    let pixels: &[&str] = match shape.len() {
        3 => &["width"],
        4 => &["height", "width"],
        _ => {
            let message = format!("expected an input of three or four dimensions, found {shape:?}");
            return Err(Problem::unsupported(message, "pad signals or images"));
        }
    };
    let pad = |place: usize| pads.get(place).map_or(0, |pad| (*pad as i64).clamp(-super::MOST, super::MOST));
    let is_pixel = |dim: usize| (first..first + pixels.len()).contains(&dim);
    if (0..shape.len()).any(|dim| !is_pixel(dim) && (pad(dim) != 0 || pad(dim + shape.len()) != 0)) {
        return Err(Problem::unsupported(
            "expected paddings of pixels alone, found others",
            "pad pixels only",
        ));
    }
    let channels = if layout == "channels_first" { 1 } else { shape.len() - 1 };
    layer.set("n_chan", shape[channels]);
    for (i, name) in pixels.iter().enumerate() {
        layer.set(&format!("in_{name}"), shape[first + i]);
    }
    for (i, name) in pixels.iter().enumerate() {
        let dim = first + i;
        layer.set(&format!("out_{name}"), shape[dim] + pad(dim) + pad(dim + shape.len()));
    }
    for (i, name) in pixels.iter().enumerate() {
        let (before, behind) =
            if *name == "height" { ("pad_top", "pad_bottom") } else { ("pad_left", "pad_right") };
        layer.set(before, pad(first + i));
        layer.set(behind, pad(first + i + shape.len()));
    }
    Ok(layer)
}

/// The numbers of a constant input, if there is such an input.
fn constant(context: &Context<'_>, input: usize) -> Result<Option<Vec<f64>>, Problem> {
    let Some(name) = context.node.inputs.get(input).filter(|name| !name.is_empty()) else { return Ok(None) };
    let Some(value) = context.graph.constant(name) else {
        let message = format!("input {input}: expected a constant, found a tensor that is computed");
        return Err(Problem::unsupported(message, "give it as a constant"));
    };
    let values = value.iter_f64().map_err(|error| Problem::malformed(error, "export the model again"))?;
    Ok(Some(values.collect()))
}
