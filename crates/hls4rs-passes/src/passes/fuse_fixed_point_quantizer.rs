//! Fuses a quantizer into the layer before it.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Attribute, FixedPrecision, Precision, RoundingMode, SaturationMode};

use crate::bit_exact::{
    LARGE_TABLE, Mask, first_variable, input_layer, is_quantizer, modes, output_layers, table_size,
};

/// Fuses a quantizer that has one precision for all elements into the layer that it alone reads: the layer's result gets
/// that precision. Reshapes and transpositions pass it on to the layer before them and keep it without its modes.
///
/// ```text
/// dense → reshape → quantizer ufixed<6,2,RND,SAT> → relu
/// dense: ufixed<6,2,RND,SAT> → reshape: ufixed<6,2> → relu
/// ```
///
/// Linear activations with a precision that the model gives are quantizers, too.
///
/// **Source:** `FuseFixedPointQuantizer` of `hls4ml.model.optimizer.passes.hgq_proxy_model`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct FuseFixedPointQuantizer;

impl NodePass for FuseFixedPointQuantizer {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-fixed-point-quantizer",
            upstream: "fuse_fixed_point_quantizer",
            summary: "fuses quantizers that have one precision into the layer before them",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.state().is_set("bit_exact_transformed") {
            return Ok(false);
        }
        if is_quantizer(node) {
            return Ok(Mask::of(node)?.is_uniform());
        }
        Ok(node.is_a("Activation")
            && node.text("activation") == Some("linear")
            && node.state().is_set("trusted"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let input = input_layer(node)?;
        if output_layers(input).count() != 1 {
            if let Some(bits) = node.state().memory.get(LARGE_TABLE).and_then(Attribute::as_int) {
                table_size(bits)?;
            }
            return Ok(Outcome::Kept);
        }
        let (input, precision) = (input.name.to_owned(), precision(node)?);
        propagate(patch, input, precision)?;
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

/// The precision that a quantizer stands for. Modes of quantizers are not part of their own result, where code applies them.
fn precision(node: Node<'_>) -> Result<Precision, PassError> {
    let own = first_variable(node)?.1.precision();
    if !is_quantizer(node) || modes(node)? == ("TRN", "WRAP") {
        return Ok(own);
    }
    let (k, b, i) = Mask::of(node)?.first();
    let (rounding, saturation) = modes(node)?;
    let unknown = |mode: &str| {
        let help = "use a rounding and a saturation mode of ap_fixed";
        PassError::unsupported("modes of ap_fixed", format!("`{mode}`"), help)
    };
    let width = u32::try_from(b.max(1)).unwrap_or(1);
    let precision = FixedPrecision::new(width, i32::from(i), k != 0)
        .with_rounding_mode(RoundingMode::from_name(rounding).ok_or_else(|| unknown(rounding))?)
        .with_saturation_mode(SaturationMode::from_name(saturation).ok_or_else(|| unknown(saturation))?);
    Ok(precision.into())
}

/// Gives a layer's result a precision, and what it only moves, the layer before it.
fn propagate(patch: &mut Patch<'_>, name: String, precision: Precision) -> Result<(), PassError> {
    let mut name = name;
    loop {
        let node = patch.expect_node(&name)?;
        let source = match node.is_any(&["Reshape", "Transpose"]) {
            true => Some(input_layer(node)?).filter(|source| output_layers(*source).count() == 1),
            false => None,
        };
        let source = source.map(|source| source.name.to_owned());
        set_result(patch, &name, if source.is_some() { without_modes(precision) } else { precision })?;
        match source {
            Some(source) => name = source,
            None => return Ok(()),
        }
    }
}

fn without_modes(precision: Precision) -> Precision {
    match precision {
        Precision::Fixed(fixed) => FixedPrecision::new(fixed.width, fixed.integer, fixed.signed).into(),
        other => other,
    }
}

fn set_result(patch: &mut Patch<'_>, name: &str, precision: Precision) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let key = first_variable(node)?.0.to_owned();
    if node.state().is_set("_result_t_propagated") {
        let message =
            format!("{name}: quantizers one after the other; only the precision of the last one counts");
        patch.warn(Diagnostic::warning("consecutive-quantizers", message));
    }
    let attributes = &mut patch.state_mut(name)?.attributes;
    if let Some(Attribute::Variable(variable)) = attributes.get_mut(&key) {
        variable.ty.precision = precision;
    }
    if let Some(Attribute::Type(ty)) = attributes.get_mut("result_t") {
        ty.precision = precision;
    }
    attributes.insert("_result_t_propagated", true);
    Ok(())
}
