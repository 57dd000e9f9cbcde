//! Removes a softmax that users do not want.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// Removes a `Softmax` whose attribute `skip` is set: the largest element stays the largest.
///
/// ```text
/// fc → softmax (skip)        fc
/// ```
///
/// **Source:** `hls4ml.backends.fpga.passes.remove_softmax.SkipSoftmax`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct SkipSoftmax;

impl NodePass for SkipSoftmax {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "skip-softmax",
            upstream: "skip_softmax",
            summary: "removes a softmax that users do not want",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Softmax") && node.state().is_set("skip"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}
