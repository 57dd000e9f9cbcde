//! Lets changes of shape use the memory of their input.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::inplace::use_memory_of_input;

/// Makes the output of a `Reshape` another name for its input, where layers pass arrays. Where the graph gives it out, it
/// gives out the input instead.
///
/// **Source:** `hls4ml.backends.fpga.passes.inplace_parallel_reshape.InplaceParallelReshape`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct InplaceParallelReshape;

impl NodePass for InplaceParallelReshape {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "inplace-parallel-reshape",
            upstream: "inplace_parallel_reshape",
            summary: "lets changes of shape use the memory of their input",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Reshape") && node.graph.config.io_type() == "io_parallel")
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        use_memory_of_input(patch, name)?;
        if !patch.outputs().iter().any(|output| output == name) {
            return Ok(Outcome::Kept);
        }
        let Some(producer) = patch.expect_node(name)?.input_node(0).map(|node| node.name.to_owned()) else {
            return Ok(Outcome::Kept);
        };
        if patch.outputs().contains(&producer) {
            return Err(PassError::unsupported(
                format!("a graph that gives out `{name}` or its input `{producer}`, which are one array"),
                "both",
                "leave one of them out of the model's outputs",
            ));
        }
        let outputs = patch.graph_mut().outputs_mut().iter_mut();
        outputs.filter(|output| *output == name).for_each(|output| output.clone_from(&producer));
        Ok(Outcome::Kept)
    }
}
