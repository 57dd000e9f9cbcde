//! The graph as the derivation of bits sees it: by names of layers, and by the first output of each.

use hls4rs_graph::{Node, PassError};
use hls4rs_types::{Attribute, FixedPrecision, NamedType, Precision, TensorVariable};

use crate::interval::IntervalError;

/// What to do where bits cannot be derived.
pub(super) const HELP: &str =
    "set `BitExact` of the model to `false` in the configuration, and give the layers precisions";

/// The layers that make a layer's inputs.
///
/// **Source:** `get_input_layers` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0: inputs are taken for names of
/// layers. Copies on streams end in `_cpy` and a number.
///
/// # Errors
/// If an input has not the name of a layer, with or without that end.
pub(crate) fn input_layers(node: Node<'_>) -> Result<Vec<Node<'_>>, PassError> {
    let found = |input: &String| {
        let original = || node.graph.node(input.rsplit_once("_cpy")?.0);
        let found = node.graph.node(input).or_else(original);
        found.ok_or_else(|| PassError::unsupported("inputs that are named after layers", input, HELP))
    };
    node.state().inputs.iter().map(found).collect()
}

/// The layer that makes the first input.
///
/// # Errors
/// As [`input_layers`], or if there is no input.
pub(crate) fn input_layer(node: Node<'_>) -> Result<Node<'_>, PassError> {
    let first = input_layers(node)?.into_iter().next();
    first.ok_or_else(|| PassError::unsupported("a layer with an input", node.layer.kind(), HELP))
}

/// The layers that read a layer, in order.
///
/// **Source:** `get_output_layers` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0.
pub(crate) fn output_layers<'g>(node: Node<'g>) -> impl Iterator<Item = Node<'g>> + use<'g> {
    node.graph.nodes().filter(move |reader| reader.state().inputs.iter().any(|input| input == node.name))
}

/// The variable of the first output that the layer holds, and its key among the attributes.
pub(crate) fn first_variable(node: Node<'_>) -> Result<(&str, &TensorVariable), PassError> {
    let mut attributes = node.state().attributes.iter();
    let first = attributes.find_map(|(key, value)| Some((key, value.as_variable()?)));
    first.ok_or_else(|| PassError::unsupported("a layer with an output", node.layer.kind(), HELP))
}

/// The shape of the first output.
pub(super) fn output_shape(node: Node<'_>) -> Result<Vec<usize>, PassError> {
    let (_, variable) = first_variable(node)?;
    let unknown = || PassError::unsupported("dimensions", format!("{:?}", variable.shape), HELP);
    variable.dims().ok_or_else(unknown)
}

/// The shapes of the inputs.
pub(super) fn input_shapes(node: Node<'_>) -> Result<Vec<Vec<usize>>, PassError> {
    input_layers(node)?.into_iter().map(output_shape).collect()
}

/// The precision of the first output, which must be fixed point or an integer.
pub(super) fn output_fixed(node: Node<'_>) -> Result<FixedPrecision, PassError> {
    fixed("result", &first_variable(node)?.1.ty)
}

/// The precision of a type among the attributes, which must be fixed point or an integer.
pub(super) fn type_fixed(node: Node<'_>, attribute: &str) -> Result<FixedPrecision, PassError> {
    fixed(attribute, node.state().named_type(attribute)?)
}

fn fixed(slot: &str, ty: &NamedType) -> Result<FixedPrecision, PassError> {
    let wrong = || PassError::unsupported(format!("a fixed-point type `{slot}`"), ty.precision, HELP);
    ty.precision.to_fixed().ok_or_else(wrong)
}

/// A text among the attributes in lower case.
pub(super) fn lower(node: Node<'_>, attribute: &str) -> Result<String, PassError> {
    Ok(node.state().str(attribute)?.to_lowercase())
}

/// Whether a layer is a quantizer of HGQ.
pub(crate) fn is_quantizer(node: Node<'_>) -> bool {
    node.is_a("FixedPointQuantizer")
}

/// Rounding and saturation mode of a quantizer, by hls4ml's names.
pub(crate) fn modes(node: Node<'_>) -> Result<(&str, &str), PassError> {
    Ok((node.state().str("RND")?, node.state().str("SAT")?))
}

/// The precision with so many bits.
///
/// **Source:** `to_hls4ml_fixed` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0: what needs no bits gets
/// `ufixed<2,32>`.
pub(crate) fn precision_of((k, i, f): (i64, i64, i64)) -> Precision {
    let (width, integer) = (k + i + f, k + i);
    match (u32::try_from(width), i32::try_from(integer)) {
        (Ok(width @ 1..), Ok(integer)) => FixedPrecision::new(width, integer, k != 0).into(),
        _ => Precision::ufixed(2, 32),
    }
}

/// An attribute that is a list of arrays.
pub(super) fn arrays(value: &Attribute) -> Option<Vec<&hls4rs_types::Tensor>> {
    value.as_list()?.iter().map(Attribute::as_array).collect()
}

/// The error of intervals that cannot be computed.
pub(super) fn underivable(cause: IntervalError) -> PassError {
    PassError::unsupported("a layer whose bits can be derived", cause, HELP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bits_are_two() {
        assert_eq!(precision_of((1, 3, 4)).to_string(), "fixed<8,4,TRN,WRAP,0>");
        assert_eq!(precision_of((0, -2, 5)).to_string(), "ufixed<3,-2,TRN,WRAP,0>");
        assert_eq!(precision_of((0, 0, 0)).to_string(), "ufixed<2,32,TRN,WRAP,0>");
        assert_eq!(precision_of((0, -4, 3)).to_string(), "ufixed<2,32,TRN,WRAP,0>");
    }
}
