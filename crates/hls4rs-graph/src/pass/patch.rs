//! What a pass may do to a graph.

use std::ops::Deref;

use hls4rs_layers::{Draft, Initializer, LayerError, LayerState, WeightOptions};
use hls4rs_types::{Attribute, Precision};

use crate::{Config, Diagnostic, GraphError, ModelGraph, NewLayer, Node};

/// A graph in the hands of a pass: it can be read as it is, and changed by edits that keep it connected.
///
/// A change of the user's numbers that the user did not ask for goes with [`Patch::warn`].
pub struct Patch<'a> {
    graph: &'a mut ModelGraph,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Deref for Patch<'_> {
    type Target = ModelGraph;

    fn deref(&self) -> &ModelGraph {
        self.graph
    }
}

impl<'a> Patch<'a> {
    /// A graph to be changed, and where to put what a user should know.
    pub fn new(graph: &'a mut ModelGraph, diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        Self { graph, diagnostics }
    }

    /// The graph itself, for edits that this type does not have.
    pub fn graph_mut(&mut self) -> &mut ModelGraph {
        self.graph
    }

    /// The configuration, to be added to.
    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.graph.config
    }

    /// Tells the user of something, once.
    pub fn warn(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The layer of that name in its place.
    ///
    /// # Errors
    /// If there is none.
    pub fn expect_node(&self, name: &str) -> Result<Node<'_>, GraphError> {
        self.graph.node(name).ok_or_else(|| GraphError::NoSuchLayer { layer: name.to_owned() })
    }

    /// What a layer holds, to be changed.
    ///
    /// # Errors
    /// If there is no such layer.
    pub fn state_mut(&mut self, name: &str) -> Result<&mut LayerState, GraphError> {
        match self.graph.layer_mut(name) {
            Some(layer) => Ok(layer.state_mut()),
            None => Err(GraphError::NoSuchLayer { layer: name.to_owned() }),
        }
    }

    /// Sets an attribute of a layer.
    ///
    /// # Errors
    /// If there is no such layer.
    pub fn set(
        &mut self,
        layer: &str,
        attribute: &str,
        value: impl Into<Attribute>,
    ) -> Result<(), GraphError> {
        self.state_mut(layer)?.attributes.insert(attribute, value);
        Ok(())
    }

    /// Makes a layer with outputs and weights, without making it part of the graph. See [`ModelGraph::create`].
    ///
    /// # Errors
    /// If inputs, attributes or configuration do not allow it.
    pub fn create(&mut self, draft: impl Into<Draft>) -> Result<NewLayer, GraphError> {
        self.graph.create(draft)
    }

    /// Makes a layer that is to take the place of one of the same name. See [`ModelGraph::create`].
    ///
    /// # Errors
    /// If inputs, attributes or configuration do not allow it.
    pub fn create_instead(&mut self, draft: impl Into<Draft>) -> Result<NewLayer, GraphError> {
        self.graph.create_instead(draft)
    }

    /// Inserts a layer behind the one whose output it reads. See [`ModelGraph::insert`].
    ///
    /// # Errors
    /// If the new layer has not just one input, or `before` does not read the output.
    pub fn insert(&mut self, new: NewLayer, before: Option<&str>, input: usize) -> Result<(), GraphError> {
        self.graph.insert(new, before, input)
    }

    /// Has a layer read another output. See [`ModelGraph::reconnect`].
    ///
    /// # Errors
    /// If there is no such layer, or it does not read that output.
    pub fn reconnect(&mut self, layer: &str, from: &str, to: &str) -> Result<(), GraphError> {
        self.graph.reconnect(layer, from, to)
    }

    /// Removes a layer; who reads its output reads its input instead. See [`ModelGraph::remove`].
    ///
    /// # Errors
    /// If the layer has several inputs or outputs, or changes the number of elements.
    pub fn remove(&mut self, name: &str) -> Result<(), GraphError> {
        self.graph.remove(name).map(|_| ())
    }

    /// Puts a new layer in the place of an old one. See [`ModelGraph::replace`].
    ///
    /// # Errors
    /// If the two differ in their number of inputs or outputs.
    pub fn replace(&mut self, old: &str, new: NewLayer) -> Result<(), GraphError> {
        self.graph.replace(old, new)
    }

    /// Puts two layers in sequence in the place of one. See [`ModelGraph::split`].
    ///
    /// # Errors
    /// If the two do not connect to what the one did.
    pub fn split(&mut self, old: &str, first: NewLayer, second: NewLayer) -> Result<(), GraphError> {
        self.graph.split(old, first, second)
    }

    /// Gives a slot of a layer another precision: `result` with the outputs that have it, `weight` with the weight.
    /// See [`ModelGraph::set_precision`].
    ///
    /// # Errors
    /// If there is no such layer, or it has no such slot.
    pub fn set_precision(&mut self, layer: &str, slot: &str, precision: Precision) -> Result<(), GraphError> {
        self.graph.set_precision(layer, slot, precision)
    }

    /// The same, and the type gets another name. See [`ModelGraph::set_type`].
    ///
    /// # Errors
    /// If there is no such layer, or it has no such slot.
    pub fn set_type(
        &mut self,
        layer: &str,
        slot: &str,
        name: &str,
        precision: Precision,
    ) -> Result<(), GraphError> {
        self.graph.set_type(layer, slot, name, precision)
    }

    /// Makes a declared weight of a layer anew: values, quantizer, precision. What is not given comes from attributes and
    /// configuration, as for a new layer.
    ///
    /// **Source:** `Layer.add_weights_variable`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If there is no such layer, it declares no such weight, or the quantizer cannot be applied.
    pub fn add_weight(
        &mut self,
        layer: &str,
        weight: &str,
        options: WeightOptions,
    ) -> Result<(), GraphError> {
        self.initialize(layer, |init| init.add_weight_named(weight, options))
    }

    /// Runs a part of the initialization on a layer of the graph.
    ///
    /// # Errors
    /// If there is no such layer, or the initialization fails.
    pub fn initialize(
        &mut self,
        layer: &str,
        part: impl FnOnce(&mut Initializer<'_>) -> Result<(), LayerError>,
    ) -> Result<(), GraphError> {
        let node = self.expect_node(layer)?;
        let (spec, kind) = (node.layer.spec(), node.layer.kind().to_owned());
        let mut state = node.state().clone();
        let index = state.int("index").unwrap_or_default();
        part(&mut Initializer::new(layer, spec, &mut state, index, &*self.graph))
            .map_err(|error| GraphError::of_layer(layer, &kind, error))?;
        *self.state_mut(layer)? = state;
        Ok(())
    }
}
