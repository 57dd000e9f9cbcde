//! Setting the types of a layer to the bits that were derived.

use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_types::{Attribute, NamedType, Precision, WeightForm};
use ndarray::ArrayD;

use super::analysis::Analysis;
use super::produce_activation::parameter;
use super::view::{
    HELP, first_variable, is_quantizer, lower, modes, output_layers, precision_of, underivable,
};
use super::{register_pooling, register_softmax};
use crate::interval::Kif;

/// By kind, the special cases first. Layers of other kinds have no more types than [`set_types`] sets.
///
/// **Source:** `register_precision` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0.
#[expect(clippy::type_complexity, reason = "a table of functions is clearest as its type")]
const REGISTRATIONS: &[(&str, fn(&mut Analysis, &mut Patch<'_>, &str) -> Result<(), PassError>)] = &[
    ("Softmax", register_softmax::softmax),
    ("ParametrizedActivation", parametrized),
    ("Activation", activation),
    ("UnaryLUT", set_types),
    ("Pooling1D", register_pooling::pooling),
    ("Pooling2D", register_pooling::pooling),
    ("GlobalPooling1D", register_pooling::pooling),
    ("GlobalPooling2D", register_pooling::pooling),
];

/// Sets the types of a layer.
///
/// # Errors
/// If its bits cannot be derived.
pub(crate) fn register(analysis: &mut Analysis, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    match REGISTRATIONS.iter().find(|(kind, _)| node.is_a(kind)) {
        Some((_, register)) => register(analysis, patch, name),
        None => set_types(analysis, patch, name),
    }
}

/// Sets the types that all kinds of layers have: the result to what is both produced and used, the accumulator to what is
/// produced, weights to what they need. Layers whose precision the model gives stay as they are.
///
/// **Source:** `default_register_precision` of the same module.
pub(super) fn set_types(analysis: &mut Analysis, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if node.state().is_set("trusted") {
        return Ok(());
    }
    let produced = analysis.remembered(node, false)?;
    let requested = analysis.requested(node)?;
    let least = produced.zip("result", &requested, i16::min).map_err(underivable)?;
    // who wraps around needs the sign even if nothing negative comes
    let sign = if wraps_around(node)? { requested.k } else { least.k.clone() };
    let result = Kif { k: sign, ..least }.largest().map_err(underivable)?;
    let accumulator = produced.largest().map_err(underivable)?;
    let weights = weight_types(node)?;
    set_result(patch, name, precision_of(result))?;
    if patch.expect_node(name)?.state().attributes.contains("accum_t") {
        set_type(patch, name, "accum_t", precision_of(accumulator))?;
    }
    for (weight, precision) in weights {
        set_weight_type(patch, name, &weight, precision)?;
    }
    Ok(())
}

/// Whether a quantizer reads the layer, perhaps through a reshape, that does not saturate.
///
/// **Source:** `requested_by_non_saturating_quantizer` of the same module. Only the first reshape is followed.
fn wraps_around(node: hls4rs_graph::Node<'_>) -> Result<bool, PassError> {
    let mut node = node;
    loop {
        let mut behind = None;
        for reader in output_layers(node) {
            if is_quantizer(reader) && !matches!(modes(reader)?.1, "SAT" | "SAT_SYM") {
                return Ok(true);
            }
            if reader.is_a("Reshape") {
                behind = Some(reader);
                break;
            }
        }
        match behind {
            Some(reshape) => node = reshape,
            None => return Ok(false),
        }
    }
}

/// The precisions that the weights of a layer need, by name of the weight.
fn weight_types(node: hls4rs_graph::Node<'_>) -> Result<Vec<(String, Precision)>, PassError> {
    let attributes = &node.state().attributes;
    let mut types = Vec::new();
    for (key, value) in attributes.iter() {
        let Some(slot) = key.strip_suffix("_t").filter(|_| value.as_type().is_some()) else { continue };
        let weight = match attributes.get(slot) {
            None => continue,
            Some(Attribute::Weight(weight)) if !matches!(weight.form, WeightForm::Compressed { .. }) => {
                weight
            }
            Some(other) => {
                let help = "switch compression off for the layer, or set `BitExact` of the model to `false`";
                return Err(PassError::unsupported(format!("an array as `{slot}`"), other.describe(), help));
            }
        };
        let bits = Kif::of_tensor(&weight.data)?.largest().map_err(underivable)?;
        types.push((slot.to_owned(), precision_of(bits)));
    }
    Ok(types)
}

/// Gives the result a type of its own.
pub(super) fn set_result(patch: &mut Patch<'_>, name: &str, precision: Precision) -> Result<(), PassError> {
    let key = first_variable(patch.expect_node(name)?)?.0.to_owned();
    let ty = NamedType::new(format!("{name}_t"), precision);
    let attributes = &mut patch.state_mut(name)?.attributes;
    attributes.insert("result_t", ty.clone());
    if let Some(Attribute::Variable(variable)) = attributes.get_mut(&key) {
        variable.ty = ty;
    }
    Ok(())
}

/// Sets a type among the attributes to one that is named after layer and attribute.
pub(super) fn set_type(
    patch: &mut Patch<'_>,
    name: &str,
    attribute: &str,
    precision: Precision,
) -> Result<(), PassError> {
    let ty = NamedType::new(format!("{name}_{attribute}"), precision);
    Ok(patch.set(name, attribute, ty)?)
}

/// Sets the type of a weight, there and in the configuration.
fn set_weight_type(
    patch: &mut Patch<'_>,
    name: &str,
    weight: &str,
    precision: Precision,
) -> Result<(), PassError> {
    let attribute = format!("{weight}_t");
    set_type(patch, name, &attribute, precision)?;
    let attributes = &mut patch.state_mut(name)?.attributes;
    if let Some(Attribute::Weight(variable)) = attributes.get_mut(weight) {
        variable.ty = NamedType::new(format!("{name}_{attribute}"), precision);
    }
    let precisions = &mut patch.config_mut().precision.layer_name;
    precisions.insert(format!("{name}_{weight}"), Some(precision.to_string()));
    Ok(())
}

/// Activation functions: a table with an entry for each input, or for each step of the range that the kernel has.
///
/// A linear activation that stands for a quantizer mostly goes, whatever its table: that it would be too large is only
/// remembered, under the name [`LARGE_TABLE`].
fn activation(analysis: &mut Analysis, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    set_types(analysis, patch, name)?;
    let node = patch.expect_node(name)?;
    let function = lower(node, "activation")?;
    let (k, i, f) = analysis.first_input(node)?.largest().map_err(underivable)?;
    let exponent = match function.as_str() {
        "tanh" => 3 + f,
        "sigmoid" => 4 + f,
        _ => k + i + f,
    };
    if exponent > MOST && function == "linear" && node.state().is_set("trusted") {
        patch.state_mut(name)?.memory.insert(LARGE_TABLE, exponent);
        return Ok(());
    }
    let size = table_size(exponent)?;
    Ok(patch.set(name, "table_size", size)?)
}

/// Under which name a layer remembers the bits that its table would need.
pub(crate) const LARGE_TABLE: &str = "large_table";

/// Bits of the largest table that an attribute can tell the size of.
const MOST: i64 = 62;

/// The number of entries of a table, rounded down where there is less than one.
pub(crate) fn table_size(bits: i64) -> Result<i64, PassError> {
    match bits {
        ..0 => Ok(0),
        0..=MOST => Ok(1 << bits),
        _ => {
            let help = "put a quantizer of fewer bits in front of the layer";
            Err(PassError::unsupported(
                format!("a table of at most 2^{MOST} entries"),
                format!("2^{bits}"),
                help,
            ))
        }
    }
}

fn parametrized(analysis: &mut Analysis, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    set_types(analysis, patch, name)?;
    let parameter = parameter(patch.expect_node(name)?)?;
    let bits = Kif::of_constants(&ArrayD::from_elem(vec![], parameter)).largest().map_err(underivable)?;
    set_type(patch, name, "param_t", precision_of(bits))
}

/// A softmax from a front end that does not say how its tables are made.
pub(super) fn warn_of_softmax(patch: &mut Patch<'_>, name: &str) {
    let message =
        format!("{name} (Softmax): its tables are not those of the source model, so results may differ");
    patch.warn(Diagnostic::warning("softmax-not-bit-exact", message).with_help(HELP));
}
