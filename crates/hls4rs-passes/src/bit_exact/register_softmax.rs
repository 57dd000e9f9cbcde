//! Types of softmaxes.

use hls4rs_graph::{Node, PassError, Patch};
use hls4rs_types::{Attribute, FixedPrecision, RoundingMode, SaturationMode};

use super::analysis::Analysis;
use super::register::{set_type, set_types, table_size, warn_of_softmax};
use super::register_pooling::bits_of;
use super::view::{HELP, type_fixed, underivable};

/// Softmaxes whose tables the source model gives: the accumulator gets the bits of the sum of exponentials, the table an
/// entry for each input.
///
/// **Source:** `register_precision` of `hls4ml.model.optimizer.passes.bit_exact` for `Softmax`, hls4ml 1.3.0. Softmaxes from
/// other front ends keep their accumulator.
pub(super) fn softmax(analysis: &mut Analysis, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if !node.state().is_set("_bit_exact") {
        let accumulator = node.state().named_type("accum_t")?.clone();
        warn_of_softmax(patch, name);
        set_types(analysis, patch, name)?;
        return Ok(patch.set(name, "accum_t", accumulator)?);
    }
    let accumulator = accumulator(node)?;
    set_types(analysis, patch, name)?;
    let node = patch.expect_node(name)?;
    let bits = match node.state().str("implementation")? {
        "latency" => {
            let (k, i, f) = analysis.first_input(node)?.largest().map_err(underivable)?;
            k + i + f
        }
        "stable" => i64::from(type_fixed(node, "inp_norm_t")?.width),
        "argmax" => 0,
        other => {
            let help = "set the implementation of the layer in the configuration";
            return Err(PassError::unsupported(
                "`latency`, `stable` or `argmax`",
                format!("`{other}`"),
                help,
            ));
        }
    };
    let size = if bits < 0 { Attribute::Float(2f64.powi(bits as i32)) } else { table_size(bits)?.into() };
    patch.set(name, "exp_table_size", size)?;
    set_type(patch, name, "accum_t", accumulator.into())
}

/// The type of the sum of exponentials.
fn accumulator(node: Node<'_>) -> Result<FixedPrecision, PassError> {
    let (inverse, exponential) = (type_fixed(node, "inv_inp_t")?, type_fixed(node, "exp_table_t")?);
    let scale = bits_of(slice(node)?)?;
    let more = i32::try_from(scale).unwrap_or(i32::MAX);
    let mut width = i64::from(exponential.fractional()) + i64::from(inverse.integer) + 2 * i64::from(scale);
    let mut precision = inverse.with_rounding_mode(RoundingMode::Trn);
    if inverse.saturation_mode != SaturationMode::Wrap {
        precision.saturation_mode = SaturationMode::Wrap;
        precision.integer = precision.integer.saturating_add(more);
        width += i64::from(scale);
    }
    let wide = |_| PassError::unsupported("an accumulator of fewer bits", width, HELP);
    precision.width = u32::try_from(width.max(1)).map_err(wide)?;
    Ok(precision)
}

/// Numbers that are summed.
fn slice(node: Node<'_>) -> Result<usize, PassError> {
    let size = |name: &str| match node.get(name) {
        None => Ok(1),
        Some(_) => node.state().size(name),
    };
    let (n_in, n_inner, n_outer) = (node.state().size("n_in")?, size("n_inner")?, size("n_outer")?);
    let slice = n_in.checked_div(n_inner).and_then(|rest| rest.checked_div(n_outer));
    slice.ok_or_else(|| PassError::unsupported("`n_inner` and `n_outer` of at least 1", 0, HELP))
}
