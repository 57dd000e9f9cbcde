//! Looks for weights that go to block RAM.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// Matches layers with weights, those with more elements than `BramFactor` of which become arguments of the top function.
///
/// Nothing in the graph changes: where a weight is stored is part of what a backend makes of the graph.
///
/// **Source:** `hls4ml.backends.fpga.passes.bram_weights.RegisterBramWeights`, hls4ml 1.3.0, which replaces variables of
/// the backend's own class by others of it. Archives hold the class of the graph.
#[derive(Debug)]
pub struct RegisterBramWeights;

impl NodePass for RegisterBramWeights {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "register-bram-weights",
            upstream: "register_bram_weights",
            summary: "looks for weights that go to block RAM",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.state().attributes.values().any(|value| value.as_weight().is_some()))
    }

    fn rewrite(&self, _: &mut Patch<'_>, _: &str) -> Result<Outcome, PassError> {
        Ok(Outcome::Kept)
    }
}
