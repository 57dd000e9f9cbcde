//! What a converter gives: options, and one map per layer.

use hls4rs_layers::{Draft, LayerSpec, spec_of_alias, spec_of_class};
use hls4rs_types::{Attribute, Attributes};

use crate::{Config, GraphError, LayerExtensions, ModelGraph};

/// A model as a converter hands it over, before any backend has a say: the options, one map per layer with `class_name`,
/// `name`, `inputs`, `outputs` and whatever the kind needs, and the names of inputs and outputs.
///
/// The same list gives the model of every backend; so a list that is kept makes retargeting exact.
///
/// **Source:** the arguments of `ModelGraph.from_layer_list`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LayerList {
    /// The options: `Backend`, `IOType`, `HLSConfig` and so on.
    pub options: Attributes,
    /// One map per layer, in order.
    pub layers: Vec<Attributes>,
    /// Names of the model's input layers.
    pub inputs: Vec<String>,
    /// Names of the layers that make the model's outputs.
    pub outputs: Vec<String>,
}

impl LayerList {
    /// The list that a graph was built from, if no flow has changed it yet: what stands in front of `index` among the
    /// attributes of each layer is the converter's.
    ///
    /// # Errors
    /// If flows were applied.
    pub fn of_parsed(graph: &ModelGraph) -> Result<Self, GraphError> {
        if graph.applied_flows().iter().any(|group| !group.is_empty()) {
            let message = "expected a graph as its converter built it, found one that flows were applied to";
            return Err(GraphError::Config { message: message.to_owned() });
        }
        let given = |node: crate::Node<'_>| {
            let attributes = node.state().attributes.iter().take_while(|(name, _)| *name != "index");
            let mut layer: Attributes =
                attributes.map(|(name, value)| (name.to_owned(), value.clone())).collect();
            // converters may leave these to the graph, which knows them
            for (key, value) in [("name", node.name), ("class_name", node.layer.kind())] {
                if !layer.contains(key) {
                    layer.insert(key, value);
                }
            }
            layer
        };
        let maker =
            |output: &String| graph.producer(output).map_or(output.clone(), |(name, _)| name.to_owned());
        Ok(Self {
            options: graph.config.options.clone(),
            layers: graph.nodes().map(given).collect(),
            inputs: graph.inputs().iter().map(maker).collect(),
            outputs: graph.outputs().iter().map(maker).collect(),
        })
    }

    /// Builds the graph. `default_flow` is the one that the configuration names where the options name none; without a
    /// backend's extensions, layers have what their kinds declare.
    ///
    /// **Source:** `ModelGraph.from_layer_list` and `_make_graph`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If the options are wrong, a kind is unknown, or a layer cannot be made; the error names it.
    pub fn build(
        &self,
        default_flow: &str,
        extensions: Option<&'static dyn LayerExtensions>,
    ) -> Result<ModelGraph, GraphError> {
        let config = Config::from_options(self.options.clone(), default_flow)?;
        let mut graph = ModelGraph::new(config);
        if let Some(extensions) = extensions {
            graph.set_extensions(extensions);
        }
        let outputs = self.outputs.iter().flat_map(|name| self.outputs_of(name));
        graph.set_io(self.inputs.clone(), outputs.collect::<Vec<_>>());
        for layer in &self.layers {
            graph.add(draft_of(layer)?)?;
        }
        Ok(graph)
    }

    /// Names of the outputs of a layer: its own name where it gives none.
    fn outputs_of(&self, name: &str) -> Vec<String> {
        let is_it = |layer: &&Attributes| layer.get("name").and_then(Attribute::as_str) == Some(name);
        let outputs = self.layers.iter().find(is_it).map(|layer| names(layer, "outputs")).unwrap_or_default();
        if outputs.is_empty() { vec![name.to_owned()] } else { outputs }
    }
}

/// The draft of one entry of the list.
fn draft_of(attributes: &Attributes) -> Result<Draft, GraphError> {
    let (layer, kind) = (text(attributes, "name")?, text(attributes, "class_name")?);
    let Some(spec) = spec_of(kind) else {
        return Err(GraphError::UnknownKind { layer: layer.to_owned(), kind: kind.to_owned() });
    };
    // an input layer reads the world, whatever the converter says
    let inputs = if spec.kind == "Input" { Vec::new() } else { names(attributes, "inputs") };
    Ok(Draft {
        spec,
        name: layer.to_owned(),
        inputs,
        outputs: names(attributes, "outputs"),
        attributes: attributes.clone(),
    })
}

fn spec_of(kind: &str) -> Option<&'static LayerSpec> {
    spec_of_alias(kind).or_else(|| spec_of_class(kind))
}

fn text<'a>(attributes: &'a Attributes, key: &str) -> Result<&'a str, GraphError> {
    let found = attributes.get(key);
    found.and_then(Attribute::as_str).ok_or_else(|| GraphError::Config {
        message: format!(
            "list of layers: expected `{key}`, found {}",
            found.map_or("none", Attribute::describe)
        ),
    })
}

fn names(attributes: &Attributes, key: &str) -> Vec<String> {
    let list = attributes.get(key).and_then(Attribute::as_list).unwrap_or_default();
    list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}
