//! Softmax by tables.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use super::activation::same;
use crate::v3::call::{Call, Made, size};
use crate::v3::hgq::{Quantizer, QuantizerConfig, precision, quantized};

/// `QSoftmax`: a table for the exponential, one for the inverse of the sum.
///
/// **Source:** `QSoftmaxHandler` of `hls4ml.converters.keras_v3.hgq2.softmax`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    if call.config.bool("allow_heterogeneous_table")? {
        let message = "`allow_heterogeneous_table`: expected false, found true";
        return Err(Problem::unsupported(message, "use one format for all elements of a table"));
    }
    let input = call.input()?.shape.len();
    let (dims, axes) = (call.dims()?, axes(call, input)?);
    let (first, last) = (axes[0], axes[axes.len() - 1]);
    let n_outer = size(&dims[..first - 1]);
    let n_inner = size(&dims[last..]);
    let axis = if axes.len() > 1 || last == input - 1 { -1 } else { last as i64 };
    let is_stable = call.config.bool("stable")?;
    let exp_out = table(call, "exp", "oq")?.precision()?;
    let inv_out = table(call, "inv", "oq")?.precision()?;
    let inv_in = table(call, "inv", "iq")?.precision()?;
    let norm = if is_stable { Some(table(call, "exp", "iq")?) } else { None };
    let exp_size = norm.as_ref().map(|norm| norm.most_bits().and_then(entries)).transpose()?;
    let factor = call.config.get("parallelization_factor").and_then(Attribute::as_int).unwrap_or(-1);
    let mut layer = call
        .entry()
        .with("axis", axis)
        .with("n_in", size(&dims))
        .with("activation", "softmax")
        .with("n_outer", n_outer)
        .with("n_inner", n_inner)
        .with("implementation", if is_stable { "stable" } else { "latency" })
        .with("exp_table_t", precision(exp_out))
        .with("exp_table_size", exp_size)
        .with("inv_table_t", precision(inv_out))
        .with("inv_table_size", entries(inv_in.width as f32)?)
        .with("inv_inp_t", precision(inv_in))
        .with("exp_scale", call.config.float("input_scaler")?)
        .with("parallelization_factor", if factor < 0 { n_outer.saturating_mul(n_inner) } else { factor });
    layer.set("class_name", "Softmax");
    layer.set("_bit_exact", true);
    if let Some(norm) = norm {
        layer.set("inp_norm_t", precision(norm.precision()?));
    }
    let made = same(call, layer)?;
    quantized(call, made)
}

/// A quantizer of a table.
fn table(call: &Call<'_, '_>, which: &str, place: &str) -> Result<Quantizer, Problem> {
    let key = format!("{which}_{place}_conf");
    let mut config = QuantizerConfig::read(call.config.get(&key), &key)?;
    if place == "oq" {
        config = config.of_table();
    }
    let table = format!("{}_{which}_table", call.name);
    let name = format!("{table}_{place}");
    let vars = call.vars.child(&format!("{which}_table"), Some(&table)).child(place, Some(&name));
    Quantizer::read(&vars, config, name)
}

/// The dimensions that are summed over, in order and side by side.
fn axes(call: &Call<'_, '_>, rank: usize) -> Result<Vec<usize>, Problem> {
    let value = call.config.get("axes");
    let list = value.and_then(|value| value.as_list().or_else(|| value.as_map()?.get("items")?.as_list()));
    let place = |axis: &Attribute| {
        let axis = axis.as_int()?;
        let place = usize::try_from(if axis < 0 { axis + rank as i64 } else { axis }).ok()?;
        (1..rank).contains(&place).then_some(place)
    };
    let mut axes: Vec<usize> = list.unwrap_or_default().iter().filter_map(place).collect();
    axes.sort_unstable();
    if axes.is_empty() || axes.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        let message = "`axes`: expected dimensions side by side, found others";
        return Err(Problem::unsupported(message, "sum over dimensions that follow each other"));
    }
    Ok(axes)
}

/// The size of a table for so many bits.
fn entries(bits: f32) -> Result<i64, Problem> {
    if (0.0..=40.0).contains(&bits) {
        return Ok(1i64 << bits as u32);
    }
    let message = format!("expected at most 40 bits for a table, found {bits}");
    Err(Problem::unsupported(message, "use fewer bits"))
}
