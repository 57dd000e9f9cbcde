//! Replaces `Quant` layers whose scale is a power of two by activations.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::Activation;
use hls4rs_types::{Attribute, Attributes, Strided};

use crate::qonnx::{Replacement, config_of, constant, exponent, quantization};
use crate::shared_config::share_result_precision;

/// Replaces a `Quant` layer whose scale is one power of two by a linear activation of its precision.
///
/// ```text
/// x → quant (scale 2⁻³, 4 bits)        x → quant_act (linear, fixed<4,1,RND_CONV,SAT>)
/// ```
///
/// The new layer has the configuration of the old one with another precision of the result. As hls4ml writes that
/// precision where both refer to, the old one's configuration changes, too.
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt.QuantToActivation`, hls4ml 1.3.0. A zero point other than 0 is
/// lost: the look at it is overwritten by the look at the scale. A scale of more than one dimension must be one number.
#[derive(Debug)]
pub(crate) struct ReplaceQuantByActivation;

impl NodePass for ReplaceQuantByActivation {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-quant-by-activation",
            upstream: "quant_to_activation",
            summary: "replaces `Quant` layers whose scale is a power of two by activations",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("Quant") && node.state().inputs.len() == 1;
        Ok(is_quant && constant(&node, 0).is_none() && shift(&node)?.is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let (precision, quantizer) = quantization(&node, shift(&node)?.unwrap_or_default())?;
        let (inputs, outputs) = (node.state().inputs.clone(), node.state().outputs.clone());
        let kind = node.layer.kind().to_owned();
        let mut config = config_of(&node);
        let result = precision.to_string();
        set_result(&mut config, &result)?;
        warn_of_zero_point(patch, name)?;
        share_result_precision(patch, name, &kind, &result);
        let new = format!("{name}_act");
        patch.config_mut().add_layer_config(&new, &config)?;
        let attributes =
            Attributes::from([("activation", Attribute::from("linear")), ("quantizer", quantizer.into())]);
        let new = Replacement { spec: Activation::SPEC, name: new, inputs, outputs, attributes };
        let new = new.make(patch)?;
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}

/// Sets the precision of the result in a layer's configuration.
pub(super) fn set_result(config: &mut Attributes, precision: &str) -> Result<(), PassError> {
    if !config.contains("Precision") {
        config.insert("Precision", Attributes::new());
    }
    match config.get_mut("Precision") {
        Some(Attribute::Map(slots)) => {
            slots.insert("result", precision);
            Ok(())
        }
        other => {
            let found = other.map_or("none", |other| other.describe());
            let help = "give the layer's precision by slot, as `{\"result\": …}`";
            Err(PassError::unsupported("precisions by slot in the layer's configuration", found, help))
        }
    }
}

/// Warns of a zero point that is lost.
pub(super) fn warn_of_zero_point(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    if !patch.expect_node(name)?.state().array("zeropt")?.is_all(0.0)? {
        let message = format!("{name}: hls4ml leaves out the zero point where the scale is a power of two");
        let warning = Diagnostic::warning("zero-point-dropped", message);
        patch.warn(warning.with_help("export the model with a zero point of 0"));
    }
    Ok(())
}

/// The exponent of the scale, if all of it is one power of two.
fn shift(node: &Node<'_>) -> Result<Option<i32>, PassError> {
    let scale = node.state().array("scale")?;
    if scale.is_all(1.0)? {
        return Ok(Some(0));
    }
    let Some((_, rest)) = scale.shape().split_first() else {
        return Err(PassError::unsupported("a scale with dimensions", "a number", "make it an array"));
    };
    let first = Strided::of(scale).first_of(0).finish()?;
    let repeated = Strided::of(&first).broadcast(scale.shape())?.finish()?;
    if !repeated.iter_f64()?.eq(scale.iter_f64()?) {
        return Ok(None);
    }
    if rest.iter().product::<usize>() != 1 {
        let found = format!("one of the shape {:?}", scale.shape());
        let help = "use one scale for the activation, or one of a single dimension";
        return Err(PassError::unsupported("a scale that is one number", found, help));
    }
    Ok(first.iter_f64()?.next().and_then(exponent))
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{graph, layers, precision, quant, rewrite, run, vector};

    #[test]
    fn the_scale_shifts_the_point() {
        let mut graph = graph(&[2], "q");
        graph.add(quant("q", "x", vector(&[4.0]), 0.0, 3.0)).unwrap();
        assert!(rewrite(&mut graph, &ReplaceQuantByActivation).is_empty());
        assert_eq!(layers(&graph), "x(input) q_act(x)");
        assert_eq!(
            (graph.outputs(), precision(&graph, "q_act").as_str()),
            (["q".to_owned()].as_slice(), "fixed<3,5,RND_CONV,SAT,0>")
        );
    }

    #[test]
    fn a_zero_point_is_lost_with_a_warning() {
        let mut graph = graph(&[2], "q");
        graph.add(quant("q", "x", vector(&[0.25]), 3.0, 3.0)).unwrap();
        assert_eq!(rewrite(&mut graph, &ReplaceQuantByActivation), ["zero-point-dropped"]);
    }

    #[test]
    fn a_scale_of_several_dimensions_must_be_one_number() {
        for (scale, expected) in [
            (Tensor::new(&[1, 1], vec![0.5f32]).unwrap(), Ok(true)),
            (vector(&[0.5, 0.25]), Ok(false)),
            (Tensor::new(&[1, 2], vec![0.5f32, 0.5]).unwrap(), Err(())),
        ] {
            let mut graph = graph(&[2], "q");
            graph.add(quant("q", "x", scale, 0.0, 3.0)).unwrap();
            let found = run(&mut graph, &ReplaceQuantByActivation);
            assert_eq!(found.map(|found| found.is_some()).map_err(|_| ()), expected);
        }
    }

    #[test]
    fn rounding_and_range_must_exist_in_hls4ml() {
        for (attribute, value) in [("rounding_mode", Attribute::from("CEIL")), ("narrow", true.into())] {
            let mut graph = graph(&[2], "q");
            let draft =
                quant("q", "x", vector(&[1.0]), 0.0, 3.0).with(attribute, value).with("signed", false);
            graph.add(draft).unwrap();
            assert!(run(&mut graph, &ReplaceQuantByActivation).unwrap_err().help().is_some());
        }
    }
}
