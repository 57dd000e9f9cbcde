//! Removes a change of shape at the end.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// Removes a `Reshape` whose output no layer reads, where layers pass arrays: their elements lie in the same order. With
/// streams it stays, and a warning tells of its cost.
///
/// ```text
/// fc [12] → reshape [3, 4]        fc [12]
/// ```
///
/// **Source:** `hls4ml.backends.fpga.passes.final_reshape.RemoveFinalReshape`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct RemoveFinalReshape;

impl NodePass for RemoveFinalReshape {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-final-reshape",
            upstream: "remove_final_reshape",
            summary: "removes a change of shape at the end",
            preserves: Preserves::Nothing,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_read = (0..node.state().outputs.len()).any(|output| node.readers(output).next().is_some());
        Ok(node.is_a("Reshape") && !is_read)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        if patch.config.io_type() == "io_stream" {
            let message =
                format!("`{name}` (Reshape): the model ends with a change of shape, which streams pay for");
            let warning = Diagnostic::warning("final-reshape", message);
            patch.warn(warning.with_help("leave the layer out, and change the shape of the predictions"));
        }
        if patch.config.io_type() != "io_parallel" {
            return Ok(Outcome::Kept);
        }
        let message = format!("`{name}` (Reshape): the last layer changes the shape alone, and is removed");
        patch.warn(Diagnostic::warning("final-reshape", message));
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}
