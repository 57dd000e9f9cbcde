//! Removes the constants that tell ONNX's resizes their factors.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::take_constant;

/// Removes region and factors, the second and third input of a resize; the factors were read when the layer was made.
///
/// ```text
/// x, region, factors → resize        x → resize
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.resize_remove_constants.ResizeRemoveConstants`, hls4ml 1.3.0, which regards
/// no region. It asks NumPy whether the region is true: with more than one element that is an error, and without any
/// it is one from NumPy 2.2 on; here both are taken, the first with a warning.
#[derive(Debug)]
pub(crate) struct RemoveResizeConstants;

impl NodePass for RemoveResizeConstants {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-resize-constants",
            upstream: "resize_remove_constants",
            summary: "removes the constants that tell resizes their factors",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Resize") && node.state().inputs.len() > 1)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        take_constant(patch, name, 2)?;
        if patch.expect_node(name)?.state().inputs.get(1).is_some_and(|region| !region.is_empty()) {
            let region = take_constant(patch, name, 1)?;
            if region.count_nonzero()? > 0 {
                let message = format!("{name}: the region of interest has no effect in hls4ml");
                let warning = Diagnostic::warning("region-ignored", message);
                patch.warn(warning.with_help("resize the whole image"));
            }
        }
        patch.state_mut(name)?.inputs.retain(|input| !input.is_empty());
        Ok(Outcome::Restructured)
    }
}
