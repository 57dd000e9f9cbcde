//! Replaces arithmetic with constants by scalings.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::ApplyAlpha;
use hls4rs_types::quantizers::QuantNodeQuantizer;
use hls4rs_types::{
    AnyQuantizer, Arithmetic, Attribute, Attributes, FixedPrecision, Precision, Strided, Tensor,
};

use crate::qonnx::{Replacement, config_of, constant, drop_constant, quantizer_of, value};

/// Replaces sums, differences and products with a constant by a scaling of every element.
///
/// ```text
/// x, c → add             x → bn_add (1, c)
/// x, c → subtract        x → bn_subtract (1, −c)
/// c, x → subtract        x → bn_subtract (−1, c)
/// x, c → multiply        x → bn_multiply (c, 0)
/// ```
///
/// Factors 1 and −1 and a summand of 0 have integer precisions that just hold them; the constant keeps its quantizer,
/// which becomes signed where an unsigned constant is subtracted.
///
/// **Source:** `hls4ml.model.optimizer.passes.merge_const.MergeToApplyAlpha`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReplaceMergeByApplyAlpha;

impl NodePass for ReplaceMergeByApplyAlpha {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-merge-by-apply-alpha",
            upstream: "merge_to_apply_alpha",
            summary: "replaces sums, differences and products with constants by scalings",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_merge = node.is_a("Merge") && matches!(node.text("op"), Some("add" | "subtract" | "multiply"));
        Ok(is_merge && constant(&node, 0).is_some() != constant(&node, 1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let is_second = constant(&node, 1).is_some();
        let Some(read) = constant(&node, usize::from(is_second)) else { return Ok(Outcome::Kept) };
        let (value, quantizer) = (value(&read)?, quantizer_of(&read));
        let one = |number: i64| Tensor::new(&[], vec![number]);
        let affine = match (node.text("op"), is_second) {
            (Some("multiply"), _) => Affine {
                scale: (value, Attribute::Null, quantizer),
                bias: (one(0)?, Precision::uint(1).into(), Attribute::Null),
            },
            (Some("subtract"), true) => {
                let (precision, quantizer) = signed(quantizer);
                let scale = (one(1)?, Precision::uint(1).into(), Attribute::Null);
                Affine { scale, bias: (value.negated()?, precision, quantizer) }
            }
            (Some("subtract"), false) => Affine {
                scale: (one(-1)?, Precision::int(2).into(), Attribute::Null),
                bias: (value, Attribute::Null, quantizer),
            },
            _ => Affine {
                scale: (one(1)?, Precision::uint(1).into(), Attribute::Null),
                bias: (value, Attribute::Null, quantizer),
            },
        };
        let input = usize::from(!is_second);
        let shape = input_shape(&node, input);
        let ((scale, scale_precision, scale_quantizer), (bias, bias_precision, bias_quantizer)) =
            (affine.scale, affine.bias);
        let n_in = count(&shape);
        let attributes = Attributes::from([
            ("scale_data", shaped(&scale, &shape)?.into()),
            ("bias_data", shaped(&bias, &shape)?.into()),
            ("n_in", n_in.clone()),
            ("n_out", n_in),
            ("n_filt", Attribute::Int(-1)),
            ("scale_precision", scale_precision),
            ("scale_quantizer", scale_quantizer),
            ("bias_precision", bias_precision),
            ("bias_quantizer", bias_quantizer),
        ]);
        put(patch, name, input, attributes)
    }
}

/// Values, precision and quantizer of factor and summand.
struct Affine {
    scale: (Tensor, Attribute, Attribute),
    bias: (Tensor, Attribute, Attribute),
}

/// Precision and quantizer for the negative values of an unsigned quantizer: one bit more.
fn signed(quantizer: Attribute) -> (Attribute, Attribute) {
    let precision = quantizer.as_quantizer().and_then(AnyQuantizer::precision);
    let fixed = match precision {
        Some(precision @ (Precision::Integer(_) | Precision::Fixed(_))) => precision.to_fixed(),
        _ => None,
    };
    let Some(fixed) = fixed.filter(|fixed| !fixed.signed) else { return (Attribute::Null, quantizer) };
    let (width, integer) = (fixed.width.saturating_add(1), fixed.integer.saturating_add(1));
    let precision = Precision::Fixed(FixedPrecision { width, integer, signed: true, ..fixed });
    (precision.into(), QuantNodeQuantizer::new(precision).map(AnyQuantizer::new).into())
}

/// Replaces quotients by a constant by a scaling of every element.
///
/// ```text
/// x, c → divide        x → bn_divide (1 / c, 0)
/// ```
///
/// A quantizer of the constant becomes one for its inverse, with as many integer bits as the constant has fractional
/// ones, and the sign and one more.
///
/// **Source:** `hls4ml.model.optimizer.passes.merge_const.MergeToApplyAlphaDiv`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReplaceDivisionByApplyAlpha;

impl NodePass for ReplaceDivisionByApplyAlpha {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-division-by-apply-alpha",
            upstream: "merge_to_apply_alpha_div",
            summary: "replaces quotients by constants by scalings",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_division = node.is_a("Merge") && node.text("op") == Some("divide");
        Ok(is_division && constant(&node, 1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(read) = constant(&node, 1) else { return Ok(Outcome::Kept) };
        let value = value(&read)?;
        let scale = value.like(1.0)?.combine(Arithmetic::Divide, &value)?;
        let quantizer = read.quantizer("quantizer").map(inverse).transpose()?;
        let shape = input_shape(&node, 0);
        let n_in = count(&shape);
        let attributes = Attributes::from([
            ("scale_data", shaped(&scale, &shape)?.into()),
            ("bias_data", shaped(&Tensor::new(&[], vec![0i64])?, &shape)?.into()),
            ("scale_quantizer", quantizer.into()),
            ("bias_precision", Precision::uint(1).into()),
            ("n_in", n_in.clone()),
            ("n_out", n_in),
            ("n_filt", Attribute::Int(-1)),
        ]);
        put(patch, name, 0, attributes)
    }
}

/// The quantizer for the inverse of quantized values.
fn inverse(quantizer: &AnyQuantizer) -> Result<AnyQuantizer, PassError> {
    let fixed = match quantizer.precision() {
        Some(precision @ (Precision::Integer(_) | Precision::Fixed(_))) => precision.to_fixed(),
        _ => None,
    };
    let inverse = fixed.and_then(|fixed| {
        let whole = 1 + i32::from(fixed.signed);
        let width = u32::try_from(fixed.fractional().max(0)).ok()?.checked_add(whole.unsigned_abs())?;
        let integer = fixed.fractional().checked_add(whole)?;
        QuantNodeQuantizer::new(FixedPrecision { width, integer, ..fixed }.into())
    });
    inverse.map(AnyQuantizer::new).ok_or_else(|| {
        let help = "multiply by the inverse instead";
        PassError::unsupported("a divisor of fixed-point precision", quantizer.describe(), help)
    })
}

/// Puts the scaling in the place of a merge, whose constant goes.
fn put(
    patch: &mut Patch<'_>,
    name: &str,
    input: usize,
    attributes: Attributes,
) -> Result<Outcome, PassError> {
    let node = patch.expect_node(name)?;
    let (config, new) = (config_of(&node), format!("bn_{name}"));
    let inputs = node.state().inputs.get(input).cloned().into_iter().collect();
    let outputs = node.state().outputs.clone();
    patch.config_mut().add_layer_config(&new, &config)?;
    let new = Replacement { spec: ApplyAlpha::SPEC, name: new, inputs, outputs, attributes }.make(patch)?;
    drop_constant(patch, name, 1 - input)?;
    patch.replace(name, new)?;
    Ok(Outcome::Restructured)
}

fn input_shape(node: &Node<'_>, input: usize) -> Vec<usize> {
    node.input_variable(input).and_then(hls4rs_types::TensorVariable::dims).unwrap_or_default()
}

fn count(shape: &[usize]) -> Attribute {
    Attribute::Int(shape.iter().map(|n| i64::try_from(*n).unwrap_or(i64::MAX)).fold(1, i64::saturating_mul))
}

/// The values as they are if they have the input's shape but for axes of one element, else repeated to it.
fn shaped(values: &Tensor, shape: &[usize]) -> Result<Tensor, PassError> {
    let squeezed = values.shape().iter().filter(|n| **n != 1);
    if values.shape() == shape || squeezed.eq(shape) {
        return Ok(values.clone());
    }
    Ok(Strided::of(values).broadcast(shape)?.finish()?)
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Merge;

    use super::*;
    use crate::testing::{self, graph, layers, rewrite, values, vector, weight};

    fn merge(op: &str, inputs: [&str; 2], quantizer: Option<&str>) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[2], "m");
        testing::constant(&mut graph, "c", vector(&[0.5]));
        if let Some(precision) = quantizer {
            let quantizer = QuantNodeQuantizer::new(precision.parse().unwrap()).map(AnyQuantizer::new);
            graph.layer_mut("c").unwrap().state_mut().attributes.insert("quantizer", quantizer);
        }
        graph.add(Merge::builder("m").op(op).inputs(inputs)).unwrap();
        graph
    }

    #[test]
    fn each_operation_has_its_factor_and_summand() {
        for (op, inputs, expected) in [
            ("add", ["x", "c"], [1.0, 0.5]),
            ("subtract", ["x", "c"], [1.0, -0.5]),
            ("subtract", ["c", "x"], [-1.0, 0.5]),
            ("multiply", ["c", "x"], [0.5, 0.0]),
        ] {
            let mut graph = merge(op, inputs, None);
            rewrite(&mut graph, &ReplaceMergeByApplyAlpha);
            assert_eq!(layers(&graph), "x(input) bn_m(x)");
            let found = ["scale", "bias"].map(|name| values(&weight(&graph, "bn_m", name).data));
            assert_eq!(found, expected.map(|value| vec![value; 2]));
        }
    }

    #[test]
    fn a_subtracted_unsigned_constant_is_signed() {
        let mut graph = merge("subtract", ["x", "c"], Some("ufixed<4,2,TRN,SAT>"));
        rewrite(&mut graph, &ReplaceMergeByApplyAlpha);
        let bias = weight(&graph, "bn_m", "bias");
        assert_eq!(
            (bias.precision().to_string().as_str(), values(&bias.data)),
            ("fixed<5,3,TRN,SAT,0>", vec![-0.5; 2])
        );
    }

    #[test]
    fn a_divisor_has_an_inverse_precision() {
        let mut graph = merge("divide", ["x", "c"], Some("fixed<6,2,TRN,SAT>"));
        rewrite(&mut graph, &ReplaceDivisionByApplyAlpha);
        let scale = weight(&graph, "bn_m", "scale");
        assert_eq!(
            (scale.precision().to_string().as_str(), values(&scale.data)),
            ("fixed<6,6,TRN,SAT,0>", vec![2.0; 2])
        );
    }
}
