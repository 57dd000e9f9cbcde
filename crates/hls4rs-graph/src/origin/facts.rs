//! What a graph tells of the origins of its layers.

use std::collections::HashMap;

use hls4rs_layers::{Layer, LayerState};
use hls4rs_types::Attribute;

use super::constants::Constants;
use crate::ModelGraph;

/// What a layer tells.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) name: String,
    pub(super) kind: String,
    /// Whether a converter made it from a layer of the source model: passes do not give these attributes.
    pub(super) is_source: bool,
    /// Its attribute `activation`.
    pub(super) activation: Option<String>,
    /// The activation that belongs to its layer in the source model, and is a layer here.
    pub(super) split: Option<String>,
    /// Whether the tensor that it makes is one that the converter put before an activation (Keras 3).
    pub(super) is_before_activation: bool,
    /// Whether the tensor that it reads is such a one, where tensors have names.
    pub(super) is_after_activation: Option<bool>,
    /// Layers that make its inputs.
    pub(super) inputs: Vec<usize>,
    /// Layers that read its outputs, and in the place of clones those that read the clones'.
    pub(super) readers: Vec<usize>,
    pub(super) constants: Option<Constants>,
}

/// Kinds whose attribute `activation` is of a layer of its own.
const SPLIT: &[&str] = &[
    "Conv1D",
    "Conv2D",
    "Conv2DBatchnorm",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "EinsumDense",
    "PointwiseConv1D",
    "PointwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
];

/// Behind the name of a tensor between a layer and its activation.
const BEFORE_ACTIVATION: &str = "_activation";

/// The facts of all layers, in order.
pub(super) fn of(graph: &ModelGraph) -> Vec<Facts> {
    let mut makers = HashMap::new();
    for (number, (_, layer)) in graph.layers().enumerate() {
        // inputs read something of their own name
        let outputs = layer.state().outputs.iter();
        makers.extend(outputs.map(|output| (output.as_str(), number)));
    }
    let mut facts: Vec<Facts> = graph.layers().map(|(name, layer)| Facts::new(name, layer)).collect();
    for (number, (_, layer)) in graph.layers().enumerate() {
        let inputs = layer.state().inputs.iter().filter_map(|input| makers.get(input.as_str()).copied());
        facts[number].inputs = inputs.filter(|&input| input != number).collect();
    }
    for number in 0..facts.len() {
        facts[number].readers = readers(&facts, number, 0);
    }
    facts
}

/// Layers that read a layer, behind clones.
fn readers(facts: &[Facts], number: usize, depth: usize) -> Vec<usize> {
    let direct = (0..facts.len()).filter(|&reader| facts[reader].inputs.contains(&number));
    let behind = |reader: usize| match facts[reader].kind.as_str() {
        "Clone" if depth < facts.len() => readers(facts, reader, depth + 1),
        _ => vec![reader],
    };
    direct.flat_map(behind).collect()
}

impl Facts {
    fn new(name: &str, layer: &dyn Layer) -> Self {
        let state = layer.state();
        let activation = state.get("activation").and_then(activation_name);
        let names = |attribute: &str| state.get(attribute).and_then(Attribute::as_list);
        let is_between = |names: &[Attribute]| {
            names.iter().filter_map(Attribute::as_str).any(|name| name.ends_with(BEFORE_ACTIVATION))
        };
        let read = names("input_keras_tensor_names");
        Self {
            name: name.to_owned(),
            kind: layer.kind().to_owned(),
            is_source: is_source(name, state),
            split: activation.clone().filter(|_| SPLIT.contains(&layer.kind())),
            activation,
            is_before_activation: names("output_keras_tensor_names").is_some_and(is_between),
            is_after_activation: read.map(is_between),
            inputs: Vec::new(),
            readers: Vec::new(),
            constants: Constants::of(layer),
        }
    }
}

/// Converters give layers their names and classes as attributes; of the passes only those for scales do, with a class that
/// no source model has.
fn is_source(name: &str, state: &LayerState) -> bool {
    let class = state.get("class_name").and_then(Attribute::as_str);
    let named = state.get("name").and_then(Attribute::as_str);
    named == Some(name) && class.is_some_and(|class| class != "Alpha")
}

/// The name of an activation; quantized ones are a map with their class.
fn activation_name(activation: &Attribute) -> Option<String> {
    let class = || activation.as_map()?.get("class_name")?.as_str();
    activation.as_str().or_else(class).map(str::to_owned)
}

/// The names of layers in the configuration, and whether each looks like a normalization: one with precisions of a scale
/// and a bias.
pub(super) fn configured(graph: &ModelGraph) -> Vec<(String, bool)> {
    let options = graph.config.options.get("HLSConfig").and_then(Attribute::as_map);
    let names = options.and_then(|options| options.get("LayerName")).and_then(Attribute::as_map);
    let is_normalization = |entry: &Attribute| {
        let precision = entry.as_map().and_then(|entry| entry.get("Precision")).and_then(Attribute::as_map);
        precision.is_some_and(|precision| precision.contains("scale") && precision.contains("bias"))
    };
    let entries = names.into_iter().flat_map(|names| names.iter());
    entries.map(|(name, entry)| (name.to_owned(), is_normalization(entry))).collect()
}
