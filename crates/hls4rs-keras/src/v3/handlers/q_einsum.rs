//! Sums of products of two tensors, with quantizers.

use hls4rs_frontend::Problem;

use crate::v2::Shape;
use crate::v3::call::{Call, Made, known};
use crate::v3::einsum::Equation;
use crate::v3::hgq::quantized;

/// `QEinsum`.
///
/// **Source:** `QEinsumHandler` of `hls4ml.converters.keras_v3.hgq2.einsum`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let made = plain(call)?;
    quantized(call, made)
}

/// The same without quantizers.
pub(super) fn plain(call: &Call<'_, '_>) -> Result<Made, Problem> {
    let [first, second] = call.inputs.as_slice() else {
        let message = format!("expected two inputs, found {}", call.inputs.len());
        return Err(Problem::unsupported(message, "call the layer with two tensors"));
    };
    let equation = Equation::new(call.config.text("equation")?)?;
    let shape = shape(&equation, &first.shape, &second.shape)?;
    let mut out = known(&shape)?;
    if out.is_empty() {
        out.push(1);
    }
    let mut layer = call.entry();
    layer.set("class_name", "Einsum");
    layer.set("equation", equation.without_batch(false)?);
    layer.set("inp0_shape", known(&first.shape)?);
    layer.set("inp1_shape", known(&second.shape)?);
    layer.set("out_shape", out);
    Ok(Made { layers: vec![layer], shape })
}

/// The dimensions of the sum. An ellipsis stands for the same dimensions everywhere.
fn shape(equation: &Equation, first: &Shape, second: &Shape) -> Result<Shape, Problem> {
    let wrong = || {
        Problem::malformed(
            "`equation`: expected the dimensions of the inputs, found others",
            "save the model again",
        )
    };
    let mut known: Vec<(char, Option<i64>)> = Vec::new();
    let mut elided: Vec<Option<i64>> = Vec::new();
    for (indices, shape) in [(&equation.first, first), (&equation.second, second)] {
        let (before, behind) = indices.split_once("...").unwrap_or((indices, ""));
        let n_letters = before.chars().count() + behind.chars().count();
        let rest = shape.len().checked_sub(n_letters).ok_or_else(wrong)?;
        if rest > 0 && !indices.contains("...") {
            return Err(wrong());
        }
        known.extend(before.chars().zip(shape.iter().copied()));
        known.extend(behind.chars().zip(shape.iter().skip(shape.len() - behind.chars().count()).copied()));
        if elided.len() < rest {
            elided = shape.iter().skip(before.chars().count()).take(rest).copied().collect();
        }
    }
    let dim = |index: char| {
        let found = known.iter().filter(|(other, _)| *other == index).map(|(_, dim)| *dim);
        // ones are stretched
        found.max_by_key(|dim| dim.unwrap_or(i64::MAX)).ok_or_else(wrong)
    };
    let (before, behind) = equation.out.split_once("...").unwrap_or((&equation.out, ""));
    let mut shape: Shape = before.chars().map(dim).collect::<Result<_, _>>()?;
    if equation.out.contains("...") {
        shape.extend(elided);
    }
    shape.extend(behind.chars().map(dim).collect::<Result<Vec<_>, _>>()?);
    Ok(shape)
}
