//! Removes batch normalizations that do nothing.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::weights::unquantized;

/// Removes a batch normalization whose scale is 1 and whose bias is 0 everywhere.
///
/// ```text
/// dense → norm (scale 1, bias 0) → relu        dense → relu
/// ```
///
/// The layer may have rounded to its own result type; that rounding goes with it.
///
/// **Source:** `hls4ml.model.optimizer.passes.batchnorm_opt.RemoveNopBatchNormalization`, hls4ml 1.3.0, which looks at the
/// values before quantization.
#[derive(Debug)]
pub(crate) struct RemoveNopBatchNorm;

impl NodePass for RemoveNopBatchNorm {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-nop-batch-norm",
            upstream: "remove_nop_batch_normalization",
            summary: "removes batch normalizations whose scale is 1 and whose bias is 0",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.is_a("BatchNormalization") {
            return Ok(false);
        }
        let state = node.state();
        Ok(unquantized(state, "scale")?.is_all(1.0)? && unquantized(state, "bias")?.is_all(0.0)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}
