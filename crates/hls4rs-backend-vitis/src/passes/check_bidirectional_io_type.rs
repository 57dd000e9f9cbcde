//! Checks that bidirectional layers pass arrays.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// Refuses bidirectional layers of streams, which Vitis does not have.
///
/// **Source:** `hls4ml.backends.vitis.passes.feature_check.ValidateBidirectionalIoType`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct CheckBidirectionalIoType;

impl NodePass for CheckBidirectionalIoType {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "check-bidirectional-io-type",
            upstream: "validate_bidirectional_io_type",
            summary: "refuses bidirectional layers of streams",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.layer.kind().contains("Bidirectional") && node.graph.config.io_type() != "io_parallel")
    }

    fn rewrite(&self, patch: &mut Patch<'_>, _: &str) -> Result<Outcome, PassError> {
        Err(PassError::unsupported(
            "`io_parallel` for a bidirectional layer",
            format!("`{}`", patch.config.io_type()),
            "convert the model with `io_type` `io_parallel`",
        ))
    }
}
