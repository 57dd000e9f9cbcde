//! Checks layers that are computed by distributed arithmetic.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

/// The strategy.
pub(super) const DISTRIBUTED: &str = "distributed_arithmetic";

/// Checks dense and convolutional layers with the strategy `distributed_arithmetic`.
///
/// **Source:** `hls4ml.backends.vivado.passes.distributed_arithmetic.DistributedArithmeticCodegen`, hls4ml 1.3.0, for which the
/// program da4ml generates the layer's C++.
///
/// **Limits:** the attributes `da_codegen`, the C++, and `da_kernel_cost`, its size, are not produced; a warning tells so.
#[derive(Debug)]
pub struct DistributeArithmetic;

/// The same for contractions with weights.
///
/// **Source:** `hls4ml.backends.vivado.passes.distributed_arithmetic.DistributedArithmeticEinsumCodegen`, hls4ml 1.3.0, which also
/// removes the weights that its C++ contains.
///
/// **Limits:** as for [`DistributeArithmetic`]; the weights stay.
#[derive(Debug)]
pub struct DistributeEinsumArithmetic;

impl NodePass for DistributeArithmetic {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "distribute-arithmetic",
            upstream: "distributed_arithmetic_codegen",
            summary: "checks layers that are computed by distributed arithmetic",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !wants_code(node) || node.is_a("EinsumDense") {
            return Ok(false);
        }
        if !node.is_any(&["Dense", "Conv1D", "Conv2D"]) {
            return Err(refused("a dense or convolutional layer with that strategy", node.layer.kind()));
        }
        let factor = node.get("reuse_factor").and_then(Attribute::as_float).unwrap_or(1.0);
        if factor != 1.0 {
            return Err(refused("reuse factor 1 with that strategy", factor));
        }
        Ok(true)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        warn(patch, name)
    }
}

impl NodePass for DistributeEinsumArithmetic {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "distribute-einsum-arithmetic",
            upstream: "distributed_arithmetic_einsum_codegen",
            summary: "checks contractions that are computed by distributed arithmetic",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(wants_code(node) && node.is_a("EinsumDense"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        warn(patch, name)
    }
}

/// Whether the layer has the strategy, and no code yet.
fn wants_code(node: Node<'_>) -> bool {
    node.text("strategy") == Some(DISTRIBUTED) && !node.state().attributes.contains("da_codegen")
}

fn refused(expected: &str, found: impl ToString) -> PassError {
    PassError::unsupported(expected, found, format!("choose another strategy than `{DISTRIBUTED}`"))
}

fn warn(patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
    let kind = patch.expect_node(name)?.layer.kind();
    let message = format!("`{name}` ({kind}): the C++ of the strategy `{DISTRIBUTED}` is not generated here");
    let warning = Diagnostic::warning("no-distributed-code", message);
    patch.warn(warning.with_help("convert the model with hls4ml and da4ml, or choose another strategy"));
    Ok(Outcome::Kept)
}
