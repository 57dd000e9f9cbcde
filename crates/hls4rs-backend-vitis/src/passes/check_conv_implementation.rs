//! Checks how convolutions collect windows from streams.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// Gives convolutions with the implementation `encoded`, which Vitis does not have, that of a line buffer.
///
/// Every layer whose kind's name holds `Conv` counts as checked.
///
/// **Source:** `hls4ml.backends.vitis.passes.feature_check.ValidateConvImplementation`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct CheckConvImplementation;

impl NodePass for CheckConvImplementation {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "check-conv-implementation",
            upstream: "validate_conv_implementation",
            summary: "gives convolutions line buffers",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.layer.kind().contains("Conv"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        if node.text("implementation") == Some("encoded") {
            let kind = node.layer.kind();
            let message =
                format!("`{name}` ({kind}): Vitis has no implementation `Encoded`; `LineBuffer` is used");
            let warning = Diagnostic::warning("vitis-encoded-convolution", message);
            patch.warn(warning.with_help("set `ConvImplementation` of the layer to `LineBuffer`"));
            patch.set(name, "implementation", "linebuffer")?;
        }
        Ok(Outcome::Kept)
    }
}
