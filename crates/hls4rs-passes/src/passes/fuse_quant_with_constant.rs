//! Quantizes constants where the scale is a power of two.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::replace_quant_by_activation::warn_of_zero_point;
use crate::qonnx::{constant, exponent, quantization, quantize_constant};

/// Gives a constant the precision and the quantizer of the `Quant` layer that reads it, and removes that layer, if its
/// scale is one power of two.
///
/// ```text
/// constant → quant (scale 2⁻³, 4 bits) → conv        constant (fixed<4,1>) → conv
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt.FuseQuantWithConstant`, hls4ml 1.3.0. A zero point other than 0
/// is lost: the look at it is overwritten by the look at the scale.
#[derive(Debug)]
pub(crate) struct FuseQuantWithConstant;

impl NodePass for FuseQuantWithConstant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-quant-with-constant",
            upstream: "fuse_quant_with_constant",
            summary: "quantizes constants where the scale is a power of two",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("Quant") && node.state().inputs.len() == 1;
        Ok(is_quant && constant(&node, 0).is_some() && shift(&node)?.is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(constant) = constant(&node, 0) else { return Ok(Outcome::Kept) };
        let (precision, quantizer) = quantization(&node, shift(&node)?.unwrap_or_default())?;
        let constant = constant.name.to_owned();
        warn_of_zero_point(patch, name)?;
        quantize_constant(patch, &constant, precision, quantizer)?;
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

/// The exponent of the scale, if all of it is one power of two.
fn shift(node: &Node<'_>) -> Result<Option<i32>, PassError> {
    let scale = node.state().array("scale")?;
    let first = scale.iter_f64()?.next();
    Ok(match first.and_then(exponent) {
        Some(shift) if scale.is_all(first.unwrap_or_default())? => Some(shift),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{self, graph, layers, precision, quant, rewrite, run, vector};

    #[test]
    fn the_constant_gets_precision_and_quantizer() {
        let mut graph = graph(&[2], "x");
        testing::constant(&mut graph, "w", vector(&[0.3, -0.9]));
        let scale = Tensor::new(&[1, 2], vec![0.125f32, 0.125]).unwrap();
        graph.add(quant("q", "w", scale, 1.0, 4.0)).unwrap();
        assert_eq!(rewrite(&mut graph, &FuseQuantWithConstant), ["zero-point-dropped"]);
        assert_eq!(
            (layers(&graph).as_str(), precision(&graph, "w").as_str()),
            ("x(input) w()", "fixed<4,1,RND_CONV,SAT,0>")
        );
        assert!(graph.node("w").unwrap().quantizer("quantizer").is_some());
    }

    #[test]
    fn other_scales_are_for_other_passes() {
        for scale in [vector(&[0.3]), vector(&[-0.5]), vector(&[0.5, 0.25])] {
            let mut graph = graph(&[2], "x");
            testing::constant(&mut graph, "w", vector(&[0.3, -0.9]));
            graph.add(quant("q", "w", scale, 0.0, 4.0)).unwrap();
            assert_eq!(run(&mut graph, &FuseQuantWithConstant), Ok(None));
        }
    }
}
