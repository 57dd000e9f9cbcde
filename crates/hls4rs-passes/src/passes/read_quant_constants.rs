//! Makes the constant inputs of `Quant` layers attributes.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::{constant, keep_one_input, take_constant};

/// Makes scale, zero point and number of bits, which are inputs of a `Quant` layer, attributes of it.
///
/// ```text
/// x, scale, zeropt, bitwidth → quant        x → quant (scale, zeropt, bitwidth)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt.QuantConstantParameters`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReadQuantConstants;

impl NodePass for ReadQuantConstants {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "read-quant-constants",
            upstream: "quant_constant_parameters",
            summary: "makes the constant inputs of `Quant` layers attributes",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("Quant") && node.state().inputs.len() == 4;
        Ok(is_quant && (1..4).any(|input| constant(&node, input).is_some()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        for (input, attribute) in [(1, "scale"), (2, "zeropt"), (3, "bitwidth")] {
            if constant(&patch.expect_node(name)?, input).is_none() {
                continue;
            }
            let value = take_constant(patch, name, input)?;
            if attribute != "bitwidth" {
                patch.set(name, attribute, value)?;
                continue;
            }
            let bits: Vec<f64> = value.iter_f64()?.take(2).collect();
            let [bits] = bits.as_slice() else {
                let found = format!("an array of the shape {:?}", value.shape());
                let help = "use as many bits for all channels";
                return Err(PassError::unsupported("one number of bits", found, help));
            };
            patch.set(name, attribute, *bits)?;
        }
        keep_one_input(patch, name)?;
        Ok(Outcome::Restructured)
    }
}
