//! Makes the constant input of `BipolarQuant` layers an attribute.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::{constant, keep_one_input, take_constant};

/// Makes the scale, which is an input of a `BipolarQuant` layer, an attribute of it.
///
/// ```text
/// x, scale → bipolar quant        x → bipolar quant (scale)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.bipolar_quant_opt.BipolarQuantConstantParameters`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReadBipolarQuantConstant;

impl NodePass for ReadBipolarQuantConstant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "read-bipolar-quant-constant",
            upstream: "bipolar_quant_constant_parameters",
            summary: "makes the constant input of `BipolarQuant` layers an attribute",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("BipolarQuant") && node.state().inputs.len() == 2;
        Ok(is_quant && constant(&node, 1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let scale = take_constant(patch, name, 1)?;
        patch.set(name, "scale", scale)?;
        keep_one_input(patch, name)?;
        Ok(Outcome::Restructured)
    }
}
