//! What passes over ONNX and QONNX layers share: constants that are parameters, quantizers, and layers in place of others.

use hls4rs_graph::{GraphError, NewLayer, Node, PassError, Patch};
use hls4rs_layers::{Draft, LayerId, LayerSpec};
use hls4rs_types::quantizers::{BinaryQuantizer, QuantNodeQuantizer};
use hls4rs_types::{
    AnyQuantizer, Attribute, Attributes, FixedPrecision, Precision, RoundingMode, SaturationMode, Tensor,
};

/// What to do about constants that several layers read.
const CLEAN: &str =
    "clean the model first with `qonnx.util.cleanup.cleanup_model`, which makes constants unique";

/// The constant that an input reads, if it reads one.
pub(crate) fn constant<'g>(node: &Node<'g>, input: usize) -> Option<Node<'g>> {
    node.input_node(input).filter(|node| node.is_a("Constant"))
}

/// The values of a constant.
pub(crate) fn value(constant: &Node<'_>) -> Result<Tensor, PassError> {
    Ok(constant.state().array("value")?.clone())
}

/// Removes the constant that an input reads, and leaves the input's place empty. Returns the constant's values.
pub(crate) fn take_constant(patch: &mut Patch<'_>, name: &str, input: usize) -> Result<Tensor, PassError> {
    let node = patch.expect_node(name)?;
    let Some(found) = constant(&node, input) else {
        let found = node.input_node(input).map_or("nothing", |node| node.layer.kind());
        let expected = format!("a constant as input {input}");
        let help = "make the parameter a constant of the source model; hls4ml supports no computed ones";
        return Err(PassError::unsupported(expected, format!("`{found}`"), help));
    };
    let (constant, value) = (found.name.to_owned(), value(&found)?);
    patch.graph_mut().edit_inputs(name, |inputs| inputs.get_mut(input).map(String::clear))?;
    let remaining = patch.expect_node(&constant)?.readers(0).next();
    if let Some(reader) = remaining {
        let expected = format!("`{constant}` to be read by this layer alone");
        return Err(PassError::unsupported(expected, format!("`{}` reads it, too", reader.name), CLEAN));
    }
    patch.remove(&constant)?;
    Ok(value)
}

/// Removes the place of an input that reads a constant, and the constant.
pub(crate) fn drop_constant(patch: &mut Patch<'_>, name: &str, input: usize) -> Result<(), PassError> {
    take_constant(patch, name, input)?;
    patch.graph_mut().edit_inputs(name, |inputs| inputs.remove(input))?;
    Ok(())
}

/// Drops the empty places among a layer's inputs, of which one must remain.
pub(crate) fn keep_one_input(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let inputs = &mut patch.state_mut(name)?.inputs;
    inputs.retain(|input| !input.is_empty());
    if inputs.len() == 1 {
        return Ok(());
    }
    let help = "make scale, zero point and number of bits constants of the source model";
    Err(PassError::unsupported("constant parameters", format!("inputs {}", inputs.join(", ")), help))
}

/// What the configuration says about a layer.
pub(crate) fn config_of(node: &Node<'_>) -> Attributes {
    node.graph.config.layer_config(LayerId { name: node.name, kind: node.layer.kind() })
}

/// A layer that is to be made by a pass: hls4ml gives it no attributes beside those of the pass.
#[derive(Debug)]
pub(crate) struct Replacement {
    pub(crate) spec: &'static LayerSpec,
    pub(crate) name: String,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    pub(crate) attributes: Attributes,
}

impl Replacement {
    /// Makes the layer.
    pub(crate) fn make(self, patch: &mut Patch<'_>) -> Result<NewLayer, GraphError> {
        let Self { spec, name, inputs, outputs, attributes } = self;
        patch.create_instead(Draft { spec, name, inputs, outputs, attributes })
    }
}

/// The precision and the quantizer of a `Quant` layer whose values have that many integer bits.
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt._calculate_precision_quantizer`, hls4ml 1.3.0.
///
/// # Errors
/// If the layer rounds in another way than `ROUND` and `FLOOR`, or has an unsigned narrow range.
pub(crate) fn quantization(node: &Node<'_>, shift: i32) -> Result<(Precision, AnyQuantizer), PassError> {
    let state = node.state();
    let rounding_mode = match state.str("rounding_mode")? {
        "ROUND" => RoundingMode::RndConv,
        "FLOOR" => RoundingMode::Trn,
        other => {
            let help = "round to the nearest value or down";
            return Err(PassError::unsupported(
                "`rounding_mode` `ROUND` or `FLOOR`",
                format!("`{other}`"),
                help,
            ));
        }
    };
    let (narrow, signed) = (state.bool("narrow")?, state.bool("signed")?);
    if narrow && !signed {
        let help = "leave out `narrow`, or make the numbers signed";
        return Err(PassError::unsupported("signed numbers with a narrow range", "unsigned ones", help));
    }
    let saturation_mode = if narrow { SaturationMode::SatSym } else { SaturationMode::Sat };
    let bits = state.float("bitwidth")?.ceil();
    let width = (0.0..=f64::from(u32::MAX)).contains(&bits).then_some(bits as u32);
    let Some(width) = width else {
        let help = "correct the `Quant` layer of the source model";
        return Err(PassError::unsupported("a number of bits", bits, help));
    };
    let integer = (state.float("bitwidth")? + f64::from(shift)).ceil() as i32;
    let fixed =
        FixedPrecision { rounding_mode, saturation_mode, ..FixedPrecision::new(width, integer, signed) };
    let quantizer = QuantNodeQuantizer::new(fixed.into());
    let quantizer = quantizer.ok_or_else(|| PassError::unsupported("a fixed-point number", fixed, ""))?;
    Ok((fixed.into(), AnyQuantizer::new(quantizer)))
}

/// The quantizer of `BipolarQuant` layers: one bit, where 0 stands for −1.
pub(crate) fn bipolar_quantizer() -> AnyQuantizer {
    AnyQuantizer::new(BinaryQuantizer::ZERO_ONE)
}

/// The exponent of a positive power of two.
pub(crate) fn exponent(value: f64) -> Option<i32> {
    let (bits, mantissa) = (value.to_bits(), (1u64 << 52) - 1);
    let exponent = (bits >> 52) as i32;
    let is_power = bits & mantissa == 0 && (1..2047).contains(&exponent);
    is_power.then_some(exponent - 1023)
}

/// Sets precision and quantizer of a constant.
pub(crate) fn quantize_constant(
    patch: &mut Patch<'_>,
    constant: &str,
    precision: Precision,
    quantizer: AnyQuantizer,
) -> Result<(), PassError> {
    patch.set(constant, "quantizer", quantizer)?;
    patch.set_precision(constant, "result", precision)?;
    Ok(())
}

/// Attributes of a layer that exist, under the same names.
pub(crate) fn copied(node: &Node<'_>, names: &[&str]) -> Attributes {
    let attributes = &node.state().attributes;
    names.iter().filter_map(|name| Some((*name, attributes.get(name)?.clone()))).collect()
}

/// The quantizer of a constant, null if it has none.
pub(crate) fn quantizer_of(constant: &Node<'_>) -> Attribute {
    constant.quantizer("quantizer").cloned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_are_positive_and_finite() {
        assert_eq!([1.0, 0.5, 2f64.powi(-140)].map(exponent), [Some(0), Some(-1), Some(-140)]);
        assert_eq!([0.0, -0.5, 3.0, f64::INFINITY, f64::NAN].map(exponent), [None; 5]);
    }
}
