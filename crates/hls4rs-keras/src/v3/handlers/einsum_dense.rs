//! Sums of products with weights.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, Tensor};

use crate::v2::Shape;
use crate::v3::call::{Call, Made, known};
use crate::v3::einsum::Equation;

/// `EinsumDense`.
///
/// **Source:** `EinsumDenseHandler` of `hls4ml.converters.keras_v3.einsum_dense`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let order = ["kernel", "bias"];
    let kernel = call.variable(&order, "kernel")?;
    let bias = has_bias(call).then(|| call.variable(&order, "bias")).transpose()?;
    with_weights(call, kernel, bias)
}

/// Whether the layer has a bias.
pub(super) fn has_bias(call: &Call<'_, '_>) -> bool {
    call.config.get("bias_axes").and_then(Attribute::as_str).is_some_and(|axes| !axes.is_empty())
}

/// The layer with its weights.
pub(super) fn with_weights(
    call: &Call<'_, '_>,
    kernel: Tensor,
    bias: Option<Tensor>,
) -> Result<Made, Problem> {
    let equation = Equation::new(call.config.text("equation")?)?;
    let shape = shape(call, &equation)?;
    let mut layer = call.entry();
    layer.set("class_name", "EinsumDense");
    layer.set("equation", equation.without_batch(true)?);
    layer.set("weight_data", kernel);
    layer.set("bias_data", bias.map_or(Attribute::Null, Attribute::Array));
    layer.set("inp_shape", call.dims()?);
    layer.set("out_shape", known(&shape)?);
    call.with_activation(layer, shape)
}

/// The shape of the output: what the layer says, with the batch before it and the dimensions that the equation leaves out.
///
/// **Source:** `_analyze_split_string` of `keras.src.layers.core.einsum_dense`, Keras 3.15.
fn shape(call: &Call<'_, '_>, equation: &Equation) -> Result<Shape, Problem> {
    let input = call.input()?.shape.clone();
    let said = call.config.0.get("output_shape");
    let mut shape: Shape = match said {
        Some(Attribute::Int(one)) => vec![Some(*one)],
        other => {
            let list =
                other.and_then(|value| value.as_list().or_else(|| value.as_map()?.get("items")?.as_list()));
            list.unwrap_or_default().iter().map(Attribute::as_int).collect()
        }
    };
    shape.insert(0, input.first().copied().flatten());
    let letters = equation.first.chars().filter(char::is_ascii_alphabetic).count();
    let elided = input.len().saturating_sub(letters);
    if equation.first.starts_with("...") {
        for (i, dim) in input.iter().enumerate().take(elided).skip(1) {
            shape.insert(i, *dim);
        }
    } else {
        shape.extend(input.iter().skip(input.len() - elided));
    }
    Ok(shape)
}
