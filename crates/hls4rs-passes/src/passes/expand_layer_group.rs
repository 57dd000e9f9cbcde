//! Puts the layers of a model within the model in its place.

use hls4rs_graph::{GraphError, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::spec_of_alias;
use hls4rs_types::{Attribute, Attributes};

use crate::inserting::insert_behind;
use crate::qonnx::Replacement;

/// Puts the layers of a group in the group's place.
///
/// ```text
/// x → group (input → dense → relu) → …        x → dense → relu → …
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.expand_layer_group.ExpandLayerGroup`, hls4ml 1.3.0. The group's own inputs
/// are layers for a while, so that they take numbers.
#[derive(Debug)]
pub(crate) struct ExpandLayerGroup;

impl NodePass for ExpandLayerGroup {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "expand-layer-group",
            upstream: "expand_layer_group",
            summary: "puts the layers of a model within the model in its place",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("LayerGroup"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let layers = patch.expect_node(name)?.state().list("layer_list")?.to_vec();
        let mut inputs_of_group = Vec::new();
        let mut before: Option<String> = None;
        for layer in layers {
            let Attribute::Map(layer) = layer else {
                let help = "convert the model again";
                return Err(PassError::unsupported("a map for each wrapped layer", layer.describe(), help));
            };
            let new = unpacked(patch, name, before.as_deref(), layer)?;
            before = Some(new.name.clone());
            if new.spec.kind == "Input" {
                inputs_of_group.push(new.name.clone());
            }
            let input = new.inputs.first().cloned().unwrap_or_default();
            let new = new.make(patch)?;
            insert_behind(patch, new, &input)?;
        }
        for removed in std::iter::once(name.to_owned()).chain(inputs_of_group) {
            patch.remove(&removed)?;
        }
        Ok(Outcome::Restructured)
    }
}

/// A layer of a converter's list, to be made; what it does not say about its inputs follows from the layer before it.
fn unpacked(
    patch: &Patch<'_>,
    group: &str,
    before: Option<&str>,
    attributes: Attributes,
) -> Result<Replacement, PassError> {
    let (kind, name) = (text(&attributes, "class_name")?, text(&attributes, "name")?);
    let unknown = || GraphError::UnknownKind { layer: name.clone(), kind: kind.clone() };
    let spec = spec_of_alias(&kind).ok_or_else(unknown)?;
    if patch.layer(&name).is_some() {
        return Err(GraphError::DuplicateLayer { layer: name }.into());
    }
    let (mut inputs, mut outputs) = (names(&attributes, "inputs"), names(&attributes, "outputs"));
    if inputs.is_empty() {
        inputs = match before.filter(|_| spec.kind != "Input") {
            Some(before) => patch.expect_node(before)?.state().outputs.clone(),
            None => patch.expect_node(group)?.state().inputs.clone(),
        };
    }
    if outputs.is_empty() {
        outputs = vec![name.clone()];
    }
    Ok(Replacement { spec, name, inputs, outputs, attributes })
}

/// A text of a layer in a converter's list.
pub(super) fn text(attributes: &Attributes, key: &str) -> Result<String, PassError> {
    let found = attributes.get(key);
    let text = found.and_then(Attribute::as_str).map(str::to_owned);
    text.ok_or_else(|| {
        let found = found.map_or("none", Attribute::describe);
        PassError::unsupported(format!("`{key}` of a wrapped layer"), found, "convert the model again")
    })
}

/// Names of inputs or outputs of a layer in a converter's list.
pub(super) fn names(attributes: &Attributes, key: &str) -> Vec<String> {
    let list = attributes.get(key).and_then(Attribute::as_list).unwrap_or_default();
    list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{Activation, LayerGroup};

    use super::*;
    use crate::testing::{graph, layers, rewrite, run};

    fn grouped(inner: &str) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[4], "relu");
        let layer = |class: &str, name: &str| {
            Attributes::from([("class_name", Attribute::from(class)), ("name", name.into())])
        };
        let mut input = layer("InputLayer", "inner_input");
        input.insert("input_shape", vec![4i64]);
        let mut tanh = layer("Activation", inner);
        tanh.insert("activation", "tanh");
        let list: Vec<Attribute> = vec![Attribute::Map(input), Attribute::Map(tanh)];
        let group = LayerGroup::builder("group").layer_list(list).output_shape(vec![4i64]);
        let group = group.input_layers(vec!["inner_input".to_owned()]).output_layers(vec![inner.to_owned()]);
        graph.add(group.data_reader("reader")).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        graph
    }

    #[test]
    fn the_layers_take_the_place_of_the_group() {
        let mut graph = grouped("tanh");
        assert!(rewrite(&mut graph, &ExpandLayerGroup).is_empty());
        assert_eq!(layers(&graph), "x(input) tanh(x) relu(tanh)");
        // the group's input took a number
        assert_eq!(graph.layer("tanh").unwrap().state().int("index"), Ok(5));
    }

    #[test]
    fn names_must_be_new() {
        assert!(run(&mut grouped("relu"), &ExpandLayerGroup).is_err());
    }
}
