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

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, Flow, FlowOptions, ModelGraph, Step};
    use hls4rs_layers::layers::{Activation, Input};
    use hls4rs_types::Precision;

    use super::*;
    use crate::passes::MergeLinearActivation;

    static FLOW: Flow = Flow {
        name: "linear",
        summary: "",
        requires: &[],
        steps: &[Step::node(&EliminateLinearActivation), Step::node(&MergeLinearActivation)],
    };

    /// The layers behind an input of a precision, a relu and a linear activation of others, once the passes are done.
    fn layers(relu: &str, linear: &str) -> (Vec<String>, Precision) {
        let mut config = Config::default();
        for (name, precision) in [("relu", relu), ("linear", linear)] {
            config.set_layer_config(name, &[("Precision", precision)].into()).unwrap();
        }
        let mut graph = ModelGraph::new(config);
        graph.set_io(["x"], ["linear"]);
        graph.add(Input::builder("x").input_shape([2])).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        graph.add(Activation::builder("linear").activation("linear")).unwrap();
        graph.apply_steps(&FLOW, &mut FlowOptions { verify: true, ..FlowOptions::default() }).unwrap();
        let names = graph.layers().map(|(name, _)| name.to_owned()).collect();
        (names, graph.node("relu").unwrap().output_precision().unwrap())
    }

    #[test]
    fn goes_if_the_precision_stays() {
        assert_eq!(layers("fixed<8,3>", "fixed<8,3>").0, ["x", "relu"]);
        assert_eq!(layers("fixed<8,3>", "fixed<8,4>").0, ["x", "relu", "linear"]);
        assert_eq!(layers("auto", "auto").0, ["x", "relu"]);
        assert_eq!(
            layers("float", "float").0,
            ["x", "relu", "linear"],
            "hls4ml's float is not equal to itself"
        );
    }

    #[test]
    fn merging_without_quantizer_leaves_the_precision_open() {
        assert_eq!(
            layers("auto", "fixed<8,3>"),
            (vec!["x".to_owned(), "relu".to_owned()], Precision::Unspecified)
        );
    }
}
