//! Checks reuse factors that cost a division.

use hls4rs_backend::matrix_size;
use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

use super::is_like;

/// Tells of layers with the strategy `resource` whose reuse factor is above the number of inputs and no multiple of it.
///
/// **Source:** `hls4ml.backends.vitis.passes.feature_check.ValidateResourceStrategy`, hls4ml 1.3.0.
///
/// **Errors:** a contraction with that strategy, for which hls4ml finds no matrix and ends.
#[derive(Debug)]
pub struct CheckResourceStrategy;

impl NodePass for CheckResourceStrategy {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "check-resource-strategy",
            upstream: "validate_resource_strategy",
            summary: "tells of reuse factors that cost a division",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_resource = node.graph.config.strategy(node.id()).eq_ignore_ascii_case("resource");
        Ok(is_resource && is_like(node.layer.kind(), &["Conv1D", "Conv2D", "Dense"]))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let kind = node.layer.kind();
        let n_in = matrix_size(node).map_err(|_| {
            let expected = "a layer that multiplies by one matrix, for the strategy `resource`";
            let help = format!("set `Strategy` of `{name}` to `latency`");
            PassError::unsupported(expected, format!("a layer of the kind `{kind}`"), help)
        })?;
        let n_in = n_in.0 as f64;
        let factor = node.get("reuse_factor").and_then(Attribute::as_float).unwrap_or(1.0);
        if factor > n_in && factor % n_in > 0.0 {
            let message = format!(
                "`{name}` ({kind}): the reuse factor {factor} is no multiple of {n_in} inputs, which costs a division in \
                 Vitis HLS up to 2022.1"
            );
            let warning = Diagnostic::warning("vitis-resource-strategy", message);
            patch.warn(warning.with_help("choose another reuse factor, or the strategy `latency`"));
        }
        Ok(Outcome::Kept)
    }
}
