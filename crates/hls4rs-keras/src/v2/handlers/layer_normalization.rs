//! Layer normalization.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v2::context::shown;
use crate::v2::{Context, Converted};

/// `LayerNormalization` over the last of two dimensions.
///
/// **Source:** `parse_layernorm_layer` of `hls4ml.converters.keras.core`, hls4ml 1.3.0. Epsilon is rounded to a power of ten.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let shape = context.shape()?.clone();
    let size: i64 = context.dims(&shape)?.iter().product();
    layer.set("n_in", size);
    layer.set("n_out", size);
    let [_, Some(length), _] = shape.as_slice() else {
        let message =
            format!("expected an input of two dimensions beside the batch, found {}", shown(&shape));
        return Err(Problem::unsupported(message, "reshape the input before this layer"));
    };
    layer.set("seq_len", *length);
    let axis = context.config.get("axis").and_then(|axis| axis.as_list()?.first()?.as_int());
    if axis != Some(2) {
        let found = axis.map_or("another one".to_owned(), |axis| axis.to_string());
        return Err(Problem::unsupported(
            format!("`axis`: expected 2, found {found}"),
            "normalize over the last dimension",
        ));
    }
    layer.set("axis", Attribute::Int(2));
    context.set_weight(&mut layer, "gamma_data", "gamma")?;
    context.set_weight(&mut layer, "beta_data", "beta")?;
    let epsilon = context.config.float("epsilon")?;
    // Python rounds halves to even, and so does this
    let power = -epsilon.log10().round_ties_even();
    if epsilon.is_nan() || epsilon <= 0.0 || power <= 0.0 {
        let message = format!("`epsilon`: expected a number between 0 and 0.1, found {epsilon}");
        return Err(Problem::unsupported(message, "use a smaller epsilon"));
    }
    layer.set("epsilon_power_of_10", Attribute::Int(power as i64));
    Ok(Converted { layer, shape })
}
