//! Removes the constants that tell ONNX's reshapes their shape.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::take_constant;

/// Removes the constant that is the second input of a reshape; its values were read when the layer was made.
///
/// ```text
/// x, shape → reshape        x → reshape
/// ```
///
/// The input's place stays, without a name.
///
/// **Source:** `hls4ml.model.optimizer.passes.reshape_const.ReshapeConstant`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct RemoveReshapeConstant;

impl NodePass for RemoveReshapeConstant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-reshape-constant",
            upstream: "reshape_constant",
            summary: "removes the constants that tell reshapes their shape",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Reshape") && node.input_node(1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        take_constant(patch, name, 1)?;
        Ok(Outcome::Restructured)
    }
}
