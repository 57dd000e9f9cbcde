//! Replaces `BipolarQuant` layers whose scale is 1 by activations.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::Activation;
use hls4rs_types::{Attribute, Attributes, Precision};

use crate::qonnx::{Replacement, bipolar_quantizer, config_of, constant};

/// Replaces a `BipolarQuant` layer whose scale is 1 by a binary tangent.
///
/// ```text
/// x → quant (scale 1)        x → quant_act (binary_tanh)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.bipolar_quant_opt.BipolarQuantToActivation`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReplaceBipolarQuantByActivation;

impl NodePass for ReplaceBipolarQuantByActivation {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-bipolar-quant-by-activation",
            upstream: "bipolar_quant_to_activation",
            summary: "replaces `BipolarQuant` layers whose scale is 1 by activations",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("BipolarQuant") && node.state().inputs.len() == 1;
        Ok(is_quant && constant(&node, 0).is_none() && node.state().array("scale")?.is_all(1.0)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        replace(patch, name)?;
        Ok(Outcome::Restructured)
    }
}

/// Puts the activation in the place of the layer, and returns its name.
pub(super) fn replace(patch: &mut Patch<'_>, name: &str) -> Result<String, PassError> {
    let node = patch.expect_node(name)?;
    let (inputs, outputs) = (node.state().inputs.clone(), node.state().outputs.clone());
    let (config, new) = (config_of(&node), format!("{name}_act"));
    patch.config_mut().add_layer_config(&new, &config)?;
    let attributes = Attributes::from([
        ("activation", Attribute::from("binary_tanh")),
        ("quantizer", bipolar_quantizer().into()),
        ("quantizer_precision", Precision::Xnor.into()),
    ]);
    let layer = Replacement { spec: Activation::SPEC, name: new.clone(), inputs, outputs, attributes };
    let layer = layer.make(patch)?;
    patch.replace(name, layer)?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{bipolar_quant, graph, layers, rewrite};

    #[test]
    fn the_activation_is_binary() {
        let mut graph = graph(&[2], "q");
        graph.add(bipolar_quant("q", "x", 1.0)).unwrap();
        rewrite(&mut graph, &ReplaceBipolarQuantByActivation);
        assert_eq!(layers(&graph), "x(input) q_act(x)");
        assert_eq!(graph.node("q_act").unwrap().output_precision(), Some(Precision::Xnor));
    }
}
