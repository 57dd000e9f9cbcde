//! Removes activations that do nothing.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::precisions::is_equal;

/// Removes a linear activation whose output has the precision of its input.
///
/// ```text
/// dense (fixed<16,6>) → linear (fixed<16,6>) → relu        dense → relu
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.linear.EliminateLinearActivation`, hls4ml 1.3.0. Two precisions that are
/// both still open count as equal; two of `float` do not, see [`is_equal`].
#[derive(Debug)]
pub(crate) struct EliminateLinearActivation;

impl NodePass for EliminateLinearActivation {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "eliminate-linear-activation",
            upstream: "eliminate_linear_activation",
            summary: "removes linear activations that do not change the precision",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.is_a("Activation") || node.text("activation") != Some("linear") {
            return Ok(false);
        }
        let input = node.input_variable(0).map(|variable| variable.precision());
        Ok(input.zip(node.output_precision()).is_some_and(|(input, output)| is_equal(input, output)))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}
