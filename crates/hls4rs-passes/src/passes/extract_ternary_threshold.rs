//! Moves the threshold of ternary activations into a scale before them.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves, SEPARATE_INPUTS};
use hls4rs_layers::{Draft, layers::ApplyAlpha};
use hls4rs_types::{Attribute, Tensor};

/// The threshold that the activation itself knows.
const USUAL: f64 = 0.5;

/// Puts a scale before a ternary activation whose threshold is not 0.5, so that it is 0.5 then.
///
/// ```text
/// dense → ternary tanh (threshold 0.25)        dense → scale by 2 → ternary tanh (threshold 0.5)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.qkeras.ExtractTernaryThreshold`, hls4ml 1.3.0. An activation without a
/// threshold gets a scale of 1. The attributes `inputs` and `outputs` of the new layer are other layers' lists of names:
/// the first one is that of what the layer before makes, and does not follow when the new layer gets another input.
#[derive(Debug)]
pub(crate) struct ExtractTernaryThreshold;

impl NodePass for ExtractTernaryThreshold {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "extract-ternary-threshold",
            upstream: "extract_ternary_threshold",
            summary: "moves the threshold of ternary activations into a scale before them",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let threshold = node.get("threshold").and_then(Attribute::as_float);
        Ok(node.layer.kind() == "TernaryTanh" && threshold != Some(USUAL))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let draft = scale(patch.expect_node(name)?)?;
        patch.set(name, "threshold", USUAL)?;
        let mut new = patch.create(draft)?;
        new.layer.state_mut().memory.insert(SEPARATE_INPUTS, true);
        patch.insert(new, Some(name), 0)?;
        Ok(Outcome::Restructured)
    }
}

fn scale(node: Node<'_>) -> Result<Draft, PassError> {
    let threshold = node.get("threshold").and_then(Attribute::as_float).unwrap_or(USUAL);
    let Some((input, maker)) = node.input_variable(0).zip(node.input_node(0)) else {
        let found = "none";
        return Err(PassError::unsupported("a layer before the activation", found, "connect the activation"));
    };
    let Some(shape) = input.dims() else {
        let found = format!("{:?}", input.shape);
        return Err(PassError::unsupported(
            "dimensions that are not negative",
            found,
            "convert a larger image",
        ));
    };
    let values = |value: f64| Tensor::new(&shape, vec![value; shape.iter().product()]);
    let names = |names: &[String]| Attribute::from(names.to_vec());
    let or = |attribute: &str, default: Attribute| {
        node.state().attributes.get(attribute).cloned().unwrap_or(default)
    };
    let new = format!("{}_scale", node.name);
    let own_name = node.text("name").map_or_else(|| new.clone(), |name| format!("{name}_scale"));
    let draft = ApplyAlpha::builder(new.as_str()).build();
    Ok(draft
        .inputs(node.state().inputs.clone())
        .with("name", own_name)
        .with("class_name", "Alpha")
        .with("inputs", names(&maker.state().outputs))
        .with("outputs", names(std::slice::from_ref(&new)))
        .with("n_in", or("n_in", Attribute::Null))
        .with("n_filt", or("n_filt", Attribute::Int(-1)))
        .with("reuse_factor", or("reuse_factor", Attribute::Null))
        .with("scale_data", values(USUAL / threshold)?)
        .with("bias_data", values(0.0)?)
        .with("trace", or("trace", Attribute::Bool(false))))
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, Flow, FlowOptions, ModelGraph, Step};
    use hls4rs_layers::layers::{Input, TernaryTanh};

    use super::*;

    static FLOW: Flow =
        Flow { name: "ternary", summary: "", requires: &[], steps: &[Step::node(&ExtractTernaryThreshold)] };

    fn extract(threshold: f64) -> ModelGraph {
        let mut graph = ModelGraph::new(Config::default());
        graph.set_io(["x"], ["t"]);
        graph.add(Input::builder("x").input_shape([2, 3])).unwrap();
        let ternary = TernaryTanh::builder("t").activation("ternary_tanh").build();
        graph.add(ternary.with("threshold", threshold)).unwrap();
        graph.apply_steps(&FLOW, &mut FlowOptions { verify: true, ..FlowOptions::default() }).unwrap();
        graph
    }

    #[test]
    fn the_threshold_becomes_a_scale() {
        let graph = extract(0.25);
        assert_eq!(graph.layers().map(|(name, _)| name).collect::<Vec<_>>(), ["x", "t_scale", "t"]);
        let scale = graph.layer("t_scale").unwrap().state();
        assert_eq!(scale.weight("scale").unwrap().data, Tensor::new(&[2, 3], vec![2f64; 6]).unwrap());
        assert_eq!(scale.attributes.get("outputs"), Some(&Attribute::from(vec!["t_scale".to_owned()])));
        assert_eq!(graph.layer("t").unwrap().state().float("threshold"), Ok(0.5));
    }

    #[test]
    fn the_usual_threshold_stays() {
        assert_eq!(extract(0.5).len(), 2);
    }
}
