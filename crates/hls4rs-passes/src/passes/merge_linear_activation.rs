//! Lets layers round to the precision of the linear activation behind them.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

/// The kinds whose result may be rounded at once.
const SAFE: &[&str] = &["Dense", "Conv1D", "Conv2D", "BatchNormalization", "Activation"];

/// Removes a linear activation behind a layer whose result has no precision yet. The layer's result gets the precision of
/// the activation's quantizer, if it has one.
///
/// ```text
/// dense (auto) → linear (quantizer to int<4>) → relu        dense (int<4>) → relu
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.linear.MergeLinearActivation`, hls4ml 1.3.0. Without a quantizer the
/// activation goes with the precision that the configuration gave to it: the layer's one stays open.
#[derive(Debug)]
pub(crate) struct MergeLinearActivation;

impl NodePass for MergeLinearActivation {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "merge-linear-activation",
            upstream: "merge_linear_activation",
            summary: "lets layers without a result precision round as the linear activation behind them",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.is_a("Activation") || node.text("activation") != Some("linear") {
            return Ok(false);
        }
        Ok(node.input_node(0).is_some_and(|parent| parent.is_any(SAFE) && parent.is_unspecified()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let parent = node.input_node(0).map(|parent| parent.name.to_owned());
        let quantizer = node.quantizer("quantizer").cloned();
        if let (Some(parent), Some(quantizer)) = (parent, quantizer) {
            let Some(precision) = quantizer.precision() else {
                return Err(PassError::unsupported(
                    "a quantizer of a known class",
                    format_args!("`{}`", quantizer.class_name()),
                    "register the quantizer's class",
                ));
            };
            patch.set(&parent, "quantizer", quantizer)?;
            patch.set_precision(&parent, "result", precision)?;
        }
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, Flow, FlowOptions, ModelGraph, Step};
    use hls4rs_layers::layers::{Activation, Input};
    use hls4rs_types::quantizers::QuantNodeQuantizer;
    use hls4rs_types::{AnyQuantizer, Precision};

    use super::*;

    static FLOW: Flow =
        Flow { name: "merge", summary: "", requires: &[], steps: &[Step::node(&MergeLinearActivation)] };

    #[test]
    fn the_result_gets_the_precision_of_the_quantizer() {
        let mut config = Config::default();
        config.set_layer_config("relu", &[("Precision", "auto")].into()).unwrap();
        let mut graph = ModelGraph::new(config);
        graph.set_io(["x"], ["linear"]);
        graph.add(Input::builder("x").input_shape([2])).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        let quantizer = AnyQuantizer::new(QuantNodeQuantizer::new(Precision::int(4)).unwrap());
        graph.add(Activation::builder("linear").activation("linear").quantizer(quantizer.clone())).unwrap();
        graph.apply_steps(&FLOW, &mut FlowOptions::default()).unwrap();
        assert_eq!(graph.outputs(), ["relu"]);
        let relu = graph.node("relu").unwrap();
        assert_eq!(relu.output_precision(), Some(Precision::int(4)));
        assert_eq!(relu.quantizer("quantizer"), Some(&quantizer));
    }
}
