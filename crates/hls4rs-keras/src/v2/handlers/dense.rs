//! Fully connected layers.

use hls4rs_frontend::Problem;
use hls4rs_types::quantizers::{BinaryQuantizer, TernaryQuantizer};
use hls4rs_types::{AnyQuantizer, Attribute};

use crate::v2::{Context, Converted};

/// `Dense`, and its binary and ternary forms.
///
/// **Source:** `parse_dense_layer` of `hls4ml.converters.keras.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let weight = context.weight("kernel")?;
    let [n_in, n_out] = *weight.shape() else {
        let message = format!("`kernel`: expected two dimensions, found {:?}", weight.shape());
        return Err(Problem::malformed(message, "save the model again"));
    };
    layer.set("weight_data", weight);
    context.set_weight(&mut layer, "bias_data", "bias")?;
    layer.set_size("n_in", n_in);
    layer.set_size("n_out", n_out);
    for key in ["weight_quantizer", "bias_quantizer"] {
        layer.set(key, quantizer(context.class_name));
    }
    let mut shape = context.shape()?.clone();
    if let Some(last) = shape.last_mut() {
        *last = i64::try_from(n_out).ok();
    }
    Ok(Converted { layer, shape })
}

fn quantizer(class_name: &str) -> Attribute {
    match class_name {
        "BinaryDense" => AnyQuantizer::new(BinaryQuantizer::PLUS_MINUS_ONE).into(),
        "TernaryDense" => AnyQuantizer::new(TernaryQuantizer {}).into(),
        _ => Attribute::Null,
    }
}
