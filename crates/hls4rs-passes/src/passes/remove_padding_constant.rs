//! Removes the constants that tell ONNX's paddings their size and value.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::{constant, drop_constant};

/// Removes the constants that a padding reads; the sizes are attributes already, and the value is zero.
///
/// ```text
/// x, pads, value → padding        x → padding
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.pad_const.PaddingConstant`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct RemovePaddingConstant;

impl NodePass for RemovePaddingConstant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-padding-constant",
            upstream: "padding_constant",
            summary: "removes the constants that tell paddings their size and value",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_any(&["ZeroPadding1D", "ZeroPadding2D"]) && constant(&node, 1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        for input in [2, 1] {
            if patch.expect_node(name)?.state().inputs.len() > input {
                drop_constant(patch, name, input)?;
            }
        }
        Ok(Outcome::Restructured)
    }
}
