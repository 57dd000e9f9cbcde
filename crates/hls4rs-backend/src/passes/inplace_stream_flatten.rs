//! Lets layers read streams that they see flat as they are.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::inplace::use_memory_of_input;

/// Makes the output of a `Reshape` to one dimension another name for its input, where layers pass streams and the graph
/// does not give it out: layers that want flat data collect it from the stream as it is packed.
///
/// **Source:** `hls4ml.backends.fpga.passes.inplace_stream_flatten.InplaceStreamFlatten`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct InplaceStreamFlatten;

impl NodePass for InplaceStreamFlatten {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "inplace-stream-flatten",
            upstream: "inplace_stream_flatten",
            summary: "lets layers read streams that they see flat as they are",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_flat = || node.output_variable().is_some_and(|output| output.shape.len() == 1);
        let is_given_out = || node.graph.outputs().iter().any(|output| output == node.name);
        Ok(node.graph.config.io_type() == "io_stream" && node.is_a("Reshape") && is_flat() && !is_given_out())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        use_memory_of_input(patch, name)?;
        Ok(Outcome::Kept)
    }
}
