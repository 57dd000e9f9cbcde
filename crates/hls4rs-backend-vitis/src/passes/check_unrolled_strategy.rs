//! Checks for unrolled code.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::is_like;

/// Tells of layers with the strategy `resource_unrolled`, whose interval in Vitis HLS may be another one than expected.
///
/// **Source:** `hls4ml.backends.vitis.passes.feature_check.ValidateResourceUnrolledStrategy`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct CheckUnrolledStrategy;

impl NodePass for CheckUnrolledStrategy {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "check-unrolled-strategy",
            upstream: "validate_resource_unrolled_strategy",
            summary: "tells of layers with unrolled code",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_unrolled =
            node.text("strategy").is_some_and(|it| it.eq_ignore_ascii_case("resource_unrolled"));
        Ok(is_unrolled && is_like(node.layer.kind(), &["Conv1D", "Conv2D", "Dense", "GRU", "LSTM"]))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let kind = patch.expect_node(name)?.layer.kind();
        let message = format!(
            "`{name}` ({kind}): `resource_unrolled` may have another interval in Vitis HLS than expected"
        );
        let warning = Diagnostic::warning("vitis-unrolled-strategy", message);
        patch.warn(warning.with_help("look at the interval in the report of the synthesis"));
        Ok(Outcome::Kept)
    }
}
