//! Refuses to merge constants with constants.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::constant;

/// Is for merges of two constants, which hls4ml cannot convert.
///
/// ```text
/// constant, constant → add        an error
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.merge_const.MergeTwoConstants`, hls4ml 1.3.0, which computes the values but
/// then removes the merge while it still has two inputs, which `ModelGraph.remove_node` refuses.
#[derive(Debug)]
pub(crate) struct MergeTwoConstants;

impl NodePass for MergeTwoConstants {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "merge-two-constants",
            upstream: "merge_two_constants",
            summary: "refuses to merge constants with constants",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Merge") && (0..2).all(|input| constant(&node, input).is_some()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let inputs = patch.expect_node(name)?.state().inputs.join("` and `");
        let help = "fold constants first: `qonnx.util.cleanup.cleanup_model` does it";
        Err(PassError::unsupported("an input that is computed", format!("the constants `{inputs}`"), help))
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Merge;

    use super::*;
    use crate::testing::{self, graph, run, vector};

    #[test]
    fn hls4ml_cannot_do_it() {
        let mut graph = graph(&[1], "x");
        testing::constant(&mut graph, "a", vector(&[1.0]));
        testing::constant(&mut graph, "b", vector(&[1.0]));
        graph.add(Merge::builder("sum").op("add").inputs(["a", "b"])).unwrap();
        let error = run(&mut graph, &MergeTwoConstants).unwrap_err();
        assert_eq!(error.to_string(), "expected an input that is computed, found the constants `a` and `b`");
    }
}
