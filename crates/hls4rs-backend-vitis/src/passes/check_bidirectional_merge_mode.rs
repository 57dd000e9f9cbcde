//! Checks how both directions of a recurrent layer are joined.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// Gives bidirectional layers the merge mode `concat`, the only one that Vitis has.
///
/// The output keeps its shape.
///
/// **Source:** `hls4ml.backends.vitis.passes.feature_check.ValidateBidirectionalMergeMode`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct CheckBidirectionalMergeMode;

impl NodePass for CheckBidirectionalMergeMode {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "check-bidirectional-merge-mode",
            upstream: "validate_bidirectional_merge_mode",
            summary: "gives bidirectional layers the merge mode `concat`",
            preserves: Preserves::Nothing,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_other = match node.state().attributes.get("merge_mode") {
            Some(mode) => mode.as_str() != Some("concat"),
            None => false,
        };
        Ok(is_other && node.layer.kind().contains("Bidirectional"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let (kind, mode) = (node.layer.kind(), node.text("merge_mode").unwrap_or("none"));
        let message = format!("`{name}` ({kind}): Vitis has no merge mode `{mode}`; `concat` is used");
        let warning = Diagnostic::warning("vitis-merge-mode", message);
        patch.warn(warning.with_help("use the merge mode `concat` in the source model"));
        patch.set(name, "merge_mode", "concat")?;
        Ok(Outcome::Kept)
    }
}
