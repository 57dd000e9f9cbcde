//! Functions by table of HGQ's proxy models.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, FixedPrecision, Precision};

use crate::v2::{Context, Converted};

/// `UnaryLUT`: a table with a value for each number of the input.
///
/// **Source:** `unary_lut_keras_handler` of `hls4ml.converters.keras.hgq_proxy_model`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    // files have the name of the package in front, models in memory have not
    layer.set("class_name", "UnaryLUT");
    let table = context.weight("table")?;
    let kif = context.config.get("kif_out").and_then(Attribute::as_list).unwrap_or_default();
    let number = |value: &Attribute| value.as_int().or_else(|| value.as_bool().map(i64::from));
    let kif: Option<Vec<i64>> = kif.iter().map(number).collect();
    let Some([keep, integer, fractional]) = kif.as_deref() else {
        let message = "`kif_out`: expected sign, integer and fractional bits, found others";
        return Err(Problem::malformed(message, "save the model again"));
    };
    let width = u32::try_from(keep + integer + fractional).unwrap_or(0);
    let integer = i32::try_from(keep + integer).unwrap_or(0);
    layer.set("table_t", Precision::Fixed(FixedPrecision::new(width, integer, *keep != 0)));
    layer.set("table_data", table);
    layer.set("activation", "unary_lut");
    Ok(Converted { layer, shape: context.shape()?.clone() })
}
