//! Applies batch normalizations to constants.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Arithmetic;

use crate::qonnx::{constant, quantizer_of, value};
use crate::weights::unquantized;

/// Applies a batch normalization of a constant without precision to its values, and removes it.
///
/// ```text
/// constant → norm → conv        scale · constant + bias → conv
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.batchnorm_opt.ConstantBatchNormFusion`, hls4ml 1.3.0. The constant gets the
/// precision of the normalization's result. What is written there for constants with a precision is never reached.
#[derive(Debug)]
pub(crate) struct FuseConstantBatchNorm;

impl NodePass for FuseConstantBatchNorm {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-constant-batch-norm",
            upstream: "constant_batch_norm_fusion",
            summary: "applies batch normalizations to constants",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let has_one_input = node.state().inputs.iter().skip(1).all(String::is_empty);
        let is_norm = node.is_a("BatchNormalization") && has_one_input;
        Ok(is_norm && constant(&node, 0).is_some_and(|constant| constant.is_unspecified()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(constant) = constant(&node, 0) else { return Ok(Outcome::Kept) };
        let scaled = value(&constant)?.combine(Arithmetic::Multiply, &unquantized(node.state(), "scale")?)?;
        let normalized = scaled.combine(Arithmetic::Add, &unquantized(node.state(), "bias")?)?;
        let (quantizer, precision) = (quantizer_of(&node), node.output_precision());
        let constant = constant.name.to_owned();
        patch.set(&constant, "value", normalized)?;
        patch.set(&constant, "quantizer", quantizer)?;
        if let Some(precision) = precision {
            patch.set_precision(&constant, "result", precision)?;
        }
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::ApplyAlpha;

    use super::*;
    use crate::testing::{self, graph, layers, precision, rewrite, values, vector};

    #[test]
    fn values_and_precision_are_those_of_the_result() {
        let mut graph = graph(&[2], "x");
        testing::constant(&mut graph, "c", vector(&[1.0, 2.0]));
        let scale = ApplyAlpha::builder("s").scale(vector(&[2.0, 2.0])).bias(vector(&[1.0, 1.0]));
        graph.add(scale.inputs(["c"])).unwrap();
        rewrite(&mut graph, &FuseConstantBatchNorm);
        assert_eq!(
            (layers(&graph).as_str(), precision(&graph, "c").as_str()),
            ("x(input) c()", "fixed<16,6,TRN,WRAP,0>")
        );
        assert_eq!(values(graph.layer("c").unwrap().state().array("value").unwrap()), [3.0, 5.0]);
    }
}
