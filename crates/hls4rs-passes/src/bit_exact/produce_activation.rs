//! Bits of functions of one number.

use hls4rs_graph::{Node, PassError};
use hls4rs_types::Attribute;
use ndarray::ArrayD;

use super::analysis::{Analysis, Produced};
use super::produce::all_fractional;
use super::request::{ALL, own_bits};
use super::view::{HELP, lower, output_shape, underivable};
use crate::interval::Kif;

/// Activation functions without parameters.
///
/// **Source:** `_produce_kif` of `hls4ml.model.optimizer.passes.bit_exact` for `Activation`, hls4ml 1.3.0. For functions that
/// it does not know, hls4ml takes the signs for a shape, which works only where all are 1; here they get all bits anyhow.
pub(super) fn activation(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let function = lower(node, "activation")?;
    if node.state().is_set("trusted") {
        let own = own_bits(node)?;
        return Ok(analysis.new_arrays(own));
    }
    let input = analysis.first_input_arrays(node)?;
    let unsigned = || ArrayD::zeros(input.bits.k.raw_dim());
    let at_most_one = || input.bits.i.mapv(|i| i.min(1));
    let bits = match function.as_str() {
        "linear" => return Ok(input),
        "relu" => return Ok(Produced { bits: Kif { k: unsigned(), ..input.bits.clone() }, ..input }),
        "tanh" => Kif { k: input.bits.k.clone(), i: at_most_one(), f: all_fractional(&input.bits) },
        "sigmoid" => Kif { k: unsigned(), i: at_most_one(), f: all_fractional(&input.bits) },
        _ => Kif::filled(input.bits.k.shape(), 1, ALL, ALL),
    };
    Ok(analysis.new_arrays(bits))
}

/// Activation functions with a parameter.
///
/// **Source:** `_produce_kif` of the same module for `ParametrizedActivation`, which for leaky ReLUs adds the bits of the
/// parameter to the input's arrays in place: an input without a precision has one array for both, and behind a reshape the
/// bits of the layer before it change, each time that they are asked for.
pub(super) fn parametrized(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let function = lower(node, "activation")?;
    let mut input = analysis.first_input_arrays(node)?;
    let parameter = parameter(node)?;
    let Kif { k, i, f } = Kif::of_constants(&ArrayD::from_elem(vec![], parameter));
    let of = |plane: &ArrayD<i16>| plane.first().copied().unwrap_or_default();
    let (k, i, f) = (of(&k), of(&i), of(&f));
    let signs = input.bits.k.mapv(|sign| sign & i16::from(parameter > 0.0));
    let bits = match function.as_str() {
        "leakyrelu" => {
            let (i_array, f_array) = (input.i_array, input.f_array);
            analysis.add_in_place(&mut input, i_array, 0.max(i.wrapping_sub(1)));
            analysis.add_in_place(&mut input, f_array, 0.max(f));
            input.bits.k = signs;
            return Ok(input);
        }
        "thresholdedrelu" => Kif {
            k: input.bits.k.mapv(|sign| sign & k),
            i: input.bits.i.mapv(|own| own.max(i)),
            f: input.bits.f.mapv(|own| own.max(f)),
        },
        "elu" => Kif { k: signs, i: input.bits.i.mapv(|own| own.max(i)), f: all_fractional(&input.bits) },
        _ => Kif::filled(input.bits.k.shape(), 1, ALL, ALL),
    };
    Ok(analysis.new_arrays(bits))
}

/// The parameter of a function.
pub(super) fn parameter(node: Node<'_>) -> Result<f64, PassError> {
    let value = node.get("activ_param");
    let parameter = value.and_then(Attribute::as_float).filter(|parameter| parameter.is_finite());
    parameter.ok_or_else(|| {
        PassError::unsupported("a number `activ_param`", value.map_or("none", Attribute::describe), HELP)
    })
}

/// Tables: the most bits of any entry.
pub(super) fn table(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let bits = Kif::of_tensor(&node.state().weight("table")?.data)?;
    let (k, i, f) = bits.largest().map_err(underivable)?;
    let small = |bits: i64| i16::try_from(bits).unwrap_or(i16::MAX);
    let bits = Kif::filled(&output_shape(node)?, small(k), small(i), small(f));
    Ok(analysis.new_arrays(bits))
}
