//! Makes constants binary where the scale is 1.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Precision;

use crate::qonnx::{bipolar_quantizer, constant, quantize_constant};

/// Gives a constant the binary precision of the `BipolarQuant` layer that reads it, and removes that layer, if its scale
/// is 1.
///
/// ```text
/// constant → bipolar quant (scale 1) → matmul        constant (binary) → matmul
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.bipolar_quant_opt.FuseBipolarQuantWithConstant`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct FuseBipolarQuantWithConstant;

impl NodePass for FuseBipolarQuantWithConstant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-bipolar-quant-with-constant",
            upstream: "fuse_bipolar_quant_with_constant",
            summary: "makes constants binary where the scale is 1",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("BipolarQuant") && node.state().inputs.len() == 1;
        Ok(is_quant && constant(&node, 0).is_some() && node.state().array("scale")?.is_all(1.0)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let Some(constant) = constant(&patch.expect_node(name)?, 0) else { return Ok(Outcome::Kept) };
        let constant = constant.name.to_owned();
        quantize_constant(patch, &constant, Precision::Xnor, bipolar_quantizer())?;
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, bipolar_quant, graph, layers, rewrite, run, vector};

    #[test]
    fn a_scale_of_one_makes_the_constant_binary() {
        for (scale, is_matched) in [(1.0, true), (0.5, false)] {
            let mut graph = graph(&[2], "x");
            testing::constant(&mut graph, "w", vector(&[0.3, -0.9]));
            graph.add(bipolar_quant("q", "w", scale)).unwrap();
            if is_matched {
                rewrite(&mut graph, &FuseBipolarQuantWithConstant);
                assert_eq!(layers(&graph), "x(input) w()");
                assert_eq!(graph.node("w").unwrap().output_precision(), Some(Precision::Xnor));
            } else {
                assert_eq!(run(&mut graph, &FuseBipolarQuantWithConstant), Ok(None));
            }
        }
    }
}
