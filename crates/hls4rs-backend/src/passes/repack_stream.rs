//! Repacks streams where their shape changes.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::Draft;
use hls4rs_layers::layers::Repack;
use hls4rs_types::{Attribute, Attributes};

/// Puts a `Repack` in the place of a `Reshape` of a stream, unless it flattens the stream for another layer.
///
/// ```text
/// x [4, 6] → reshape → [8, 3]        x [4, 6] → repack_reshape → [8, 3]
/// ```
///
/// The new layer's output has the type of the old one's, its `result_t` does not.
///
/// **Source:** `hls4ml.backends.fpga.passes.repack_stream.ReshapeStream`, hls4ml 1.3.0, which counts as applied for arrays,
/// too.
#[derive(Debug)]
pub struct RepackStream;

impl NodePass for RepackStream {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "repack-stream",
            upstream: "reshape_stream",
            summary: "repacks streams where their shape changes",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let Some(output) = node.output_variable().filter(|_| node.is_a("Reshape")) else { return Ok(false) };
        Ok(output.shape.len() > 1 || node.is_graph_output())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        if patch.config.io_type() != "io_stream" {
            return Ok(Outcome::Kept);
        }
        let state = patch.expect_node(name)?.state();
        let shape = state.get("target_shape").cloned();
        let ty = patch.expect_node(name)?.output_variable().map(|output| output.ty.clone());
        let mut new = patch.create(Draft {
            spec: Repack::SPEC,
            name: format!("repack_{name}"),
            inputs: state.inputs.clone(),
            outputs: Vec::new(),
            attributes: Attributes::from([("target_shape", shape)]),
        })?;
        let key = new.layer.state().variable_key(&new.name);
        if let (Some(ty), Some(Attribute::Variable(output))) =
            (ty, new.layer.state_mut().attributes.get_mut(&key))
        {
            output.ty = ty;
        }
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Reshape;

    use super::*;
    use crate::passes::testing::{applied, graph};

    #[test]
    fn the_output_keeps_its_type() {
        let mut graph = graph("io_stream", &[4, 6], &["r"]);
        graph.add(Reshape::builder("r").target_shape(vec![8i64, 3])).unwrap();
        let graph = applied(graph, &RepackStream);
        assert_eq!(graph.outputs(), ["repack_r"]);
        let state = graph.layer("repack_r").unwrap().state();
        assert_eq!(state.variable("repack_r").unwrap().ty.name, "result_t");
        assert_eq!(state.named_type("result_t").unwrap().name, "layer3_t");
    }
}
