//! What the pass does, in one sentence.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// What the pass does, in one sentence.
///
/// ```text
/// before → layer → behind        before → behind
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct @NAME@;

impl NodePass for @NAME@ {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "@KEBAB@",
            upstream: "@SNAKE@",
            summary: "what the pass does, in one line",
            preserves: Preserves::Nothing,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Dense"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}
