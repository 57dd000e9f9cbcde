//! Makes ONNX's batch normalizations those of hls4ml.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::BatchNormalization;

use crate::qonnx::{Replacement, constant, copied, keep_one_input, quantizer_of, take_constant};

/// The parameters of a batch normalization in the order of its inputs, from the second.
const PARAMETERS: [&str; 4] = ["gamma", "beta", "mean", "variance"];

/// Makes the four constants that ONNX's batch normalization reads attributes of hls4ml's.
///
/// ```text
/// x, gamma, beta, mean, variance → norm (ONNX)        x → norm
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.batchnorm_opt.BatchNormOnnxConstantParameters`, hls4ml 1.3.0, which keeps the
/// constants' quantizers as attributes without applying them.
#[derive(Debug)]
pub(crate) struct ReadBatchNormConstants;

impl NodePass for ReadBatchNormConstants {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "read-batch-norm-constants",
            upstream: "batch_norm_onnx_constant_parameters",
            summary: "makes ONNX's batch normalizations those of hls4ml",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let parameters = node.state().inputs.iter().skip(1);
        Ok(node.is_a("BatchNormOnnx") && parameters.into_iter().any(|input| !input.is_empty()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        if node.state().inputs.len() != 5 {
            let found = format!("{} inputs", node.state().inputs.len());
            let help = "give the normalization gamma, beta, mean and variance";
            return Err(PassError::unsupported("5 inputs", found, help));
        }
        let mut attributes = copied(&node, &["epsilon", "n_in", "n_filt"]);
        let outputs = node.state().outputs.clone();
        for (i, parameter) in PARAMETERS.iter().enumerate() {
            let quantizer = constant(&patch.expect_node(name)?, i + 1).map(|node| quantizer_of(&node));
            attributes.insert(format!("{parameter}_data"), take_constant(patch, name, i + 1)?);
            attributes.insert(format!("{parameter}_quantizer"), quantizer);
        }
        keep_one_input(patch, name)?;
        let inputs = patch.expect_node(name)?.state().inputs.clone();
        let new = Replacement {
            spec: BatchNormalization::SPEC,
            name: name.to_owned(),
            inputs,
            outputs,
            attributes,
        };
        let new = new.make(patch)?;
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::BatchNormOnnx;

    use super::*;
    use crate::testing::{self, graph, layers, rewrite, run, values, vector, weight};

    #[test]
    fn parameters_are_folded() {
        let mut graph = graph(&[1], "n");
        for (name, value) in ["g", "b", "m", "v"].into_iter().zip([2.0, 1.0, 3.0, 3.0]) {
            testing::constant(&mut graph, name, vector(&[value]));
        }
        let norm = BatchNormOnnx::builder("n").epsilon(1.0).n_in(1).n_filt(-1);
        graph.add(norm.inputs(["x", "g", "b", "m", "v"])).unwrap();
        let mut short = graph.clone();
        rewrite(&mut graph, &ReadBatchNormConstants);
        assert_eq!(layers(&graph), "x(input) n(x)");
        assert_eq!(values(&weight(&graph, "n", "scale").data), [1.0]);
        assert_eq!(values(&weight(&graph, "n", "bias").data), [-2.0]);
        short.edit_inputs("n", |inputs| inputs.truncate(4)).unwrap();
        assert!(run(&mut short, &ReadBatchNormConstants).is_err());
    }
}
