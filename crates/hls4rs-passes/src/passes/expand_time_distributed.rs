//! Puts a layer that is applied to each step between two markers.

use hls4rs_graph::{GraphError, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::TimeDistributed;
use hls4rs_layers::spec_of_alias;
use hls4rs_types::{Attribute, Attributes};

use super::convert_to_channels_last::set_output_shape;
use super::expand_layer_group::{names, text};
use crate::inserting::insert_behind;
use crate::qonnx::Replacement;

/// Puts the layer that `TimeDistributed` applies to each step into the graph, and a marker behind it.
///
/// ```text
/// x [10, 8] → td (dense) [10, 4]        x [10, 8] → td [8] → dense [4] → td_end [10, 4]
/// ```
///
/// Each of the two markers names the other one in `wrapped_layer`.
///
/// **Source:** `hls4ml.model.optimizer.passes.expand_time_distributed.ExpandTimeDistributed`, hls4ml 1.3.0, where each of
/// the two markers holds the other one, so that hls4ml cannot save the graph.
#[derive(Debug)]
pub(crate) struct ExpandTimeDistributed;

impl NodePass for ExpandTimeDistributed {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "expand-time-distributed",
            upstream: "expand_time_distributed",
            summary: "puts a layer that is applied to each step between two markers",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_wrapping = matches!(node.get("wrapped_layer"), Some(Attribute::Map(_)));
        Ok(node.is_a("TimeDistributed") && is_wrapping)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let layer = node.state().map("wrapped_layer")?.clone();
        let (stated, output) = (text(&node.state().attributes, "name")?, first(&node.state().outputs));
        let whole: Vec<i64> = node.output_variable().map(|output| output.shape.clone()).unwrap_or_default();
        let step = node.input_variable(0).map(|input| input.shape.iter().skip(1).copied().collect());
        let steps = node.state().int("n_time_steps")?;
        set_output_shape(patch, name, step.unwrap_or_default())?;
        let wrapped = unwrapped(&stated, layer)?;
        let made = wrapped.outputs.clone();
        let new = wrapped.make(patch)?;
        insert_behind(patch, new, &output)?;
        let end = format!("{stated}_end");
        let attributes = Attributes::from([
            ("wrapped_layer", Attribute::from(name)),
            ("output_shape", whole.into()),
            ("n_time_steps", steps.into()),
        ]);
        let (last, outputs) = (first(&made), vec![end.clone()]);
        let new =
            Replacement { spec: TimeDistributed::SPEC, name: end.clone(), inputs: made, outputs, attributes };
        let new = new.make(patch)?;
        insert_behind(patch, new, &last)?;
        patch.set(name, "wrapped_layer", end)?;
        Ok(Outcome::Restructured)
    }
}

/// The wrapped layer, to be made.
fn unwrapped(wrapper: &str, attributes: Attributes) -> Result<Replacement, PassError> {
    let (kind, name) = (text(&attributes, "class_name")?, text(&attributes, "name")?);
    let unknown = || GraphError::UnknownKind { layer: name.clone(), kind: kind.clone() };
    let spec = spec_of_alias(&kind).ok_or_else(unknown)?;
    let or = |names: Vec<String>, name: &str| if names.is_empty() { vec![name.to_owned()] } else { names };
    let inputs = or(names(&attributes, "inputs"), wrapper);
    let outputs = or(names(&attributes, "outputs"), &name);
    Ok(Replacement { spec, name, inputs, outputs, attributes })
}

fn first(names: &[String]) -> String {
    names.first().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Activation;

    use super::*;
    use crate::testing::{graph, layers, rewrite, run};

    #[test]
    fn markers_enclose_the_layer() {
        let mut graph = graph(&[3, 4], "relu");
        let wrapped = Attributes::from([
            ("class_name", Attribute::from("Activation")),
            ("name", "tanh".into()),
            ("activation", "tanh".into()),
        ]);
        let td = TimeDistributed::builder("td").wrapped_layer(wrapped).n_time_steps(3).output_shape([3, 4]);
        graph.add(td).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        assert!(rewrite(&mut graph, &ExpandTimeDistributed).is_empty());
        assert_eq!(layers(&graph), "x(input) td(x) tanh(td) td_end(tanh) relu(td_end)");
        let shape = |output: &str| graph.output_variable(output).unwrap().shape.clone();
        assert_eq!((shape("td"), shape("tanh"), shape("td_end")), (vec![4], vec![4], vec![3, 4]));
        assert_eq!(graph.node("td").unwrap().text("wrapped_layer"), Some("td_end"));
        assert_eq!(run(&mut graph, &ExpandTimeDistributed), Ok(None));
    }
}
