//! Keeps binary numbers binary in a pooling by maximum.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Precision;

/// Gives a pooling by maximum that reads Xnor bits the Xnor precision: its result is one of them.
///
/// **Source:** `hls4ml.backends.fpga.passes.xnor_pooling.XnorPooling`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct KeepXnorInPooling;

impl NodePass for KeepXnorInPooling {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "keep-xnor-in-pooling",
            upstream: "xnor_pooling",
            summary: "keeps binary numbers binary in a pooling by maximum",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        const POOLINGS: &[&str] = &["Pooling1D", "Pooling2D", "GlobalPooling1D", "GlobalPooling2D"];
        let is_input_xnor =
            || node.input_variable(0).is_some_and(|input| input.precision() == Precision::Xnor);
        let is_xnor = || node.output_precision() == Some(Precision::Xnor);
        Ok(node.is_any(POOLINGS) && node.text("pool_op") == Some("Max") && is_input_xnor() && !is_xnor())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        patch.set_precision(name, "result", Precision::Xnor)?;
        Ok(Outcome::Restructured)
    }
}
