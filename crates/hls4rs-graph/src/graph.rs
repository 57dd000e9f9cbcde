//! The model graph: layers in order, and what connects them.

use hls4rs_layers::{Layer, LayerError};
use hls4rs_types::{Attributes, Tensor, TensorVariable};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Config, GraphError, LayerExtensions};

/// The record of applied flows: per conversion, the flows in order and the passes of each that changed something.
pub type AppliedFlows = Vec<IndexMap<String, Vec<String>>>;

/// What an archive holds of a graph beside its layers and configuration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GraphState {
    /// Names of the outputs of the graph's input layers.
    pub inputs: Vec<String>,
    /// Names of the outputs that are the graph's outputs.
    pub outputs: Vec<String>,
    /// Number that was last given to a layer.
    pub index: i64,
    /// The flows that were applied.
    pub applied_flows: AppliedFlows,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Attributes,
}

/// A neural network as a list of layers, each of which reads outputs of others by name.
///
/// **Source:** `hls4ml.model.graph.ModelGraph`, hls4ml 1.3.0.
#[derive(Debug, Clone)]
pub struct ModelGraph {
    /// The configuration of the conversion.
    pub config: Config,
    /// What the backend adds to layers that are made; not part of what the graph is.
    pub(crate) extensions: Option<&'static dyn LayerExtensions>,
    pub(crate) state: GraphState,
    pub(crate) layers: IndexMap<String, Box<dyn Layer>>,
}

impl PartialEq for ModelGraph {
    /// Equal configuration, state and layers.
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config && self.state == other.state && self.layers == other.layers
    }
}

/// A layer with its outputs and weights made, that is not part of the graph yet.
#[derive(Debug, Clone)]
pub struct NewLayer {
    /// Name of the layer.
    pub name: String,
    /// The layer.
    pub layer: Box<dyn Layer>,
}

impl ModelGraph {
    /// An empty graph.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, extensions: None, state: GraphState::default(), layers: IndexMap::new() }
    }

    /// A graph from what was saved of it; nothing is computed again.
    ///
    /// # Errors
    /// If two layers have the same name. See [`crate::check_structure`] for the connections.
    pub fn from_saved(
        config: Config,
        state: GraphState,
        layers: impl IntoIterator<Item = (String, Box<dyn Layer>)>,
    ) -> Result<Self, GraphError> {
        let mut graph = Self { config, extensions: None, state, layers: IndexMap::new() };
        for (name, layer) in layers {
            graph.append(NewLayer { name, layer })?;
        }
        Ok(graph)
    }

    /// Sets what the backend adds to layers that are made from now on.
    pub fn set_extensions(&mut self, extensions: &'static dyn LayerExtensions) {
        self.extensions = Some(extensions);
    }

    /// Sets the graph's inputs and outputs, by names of layers' outputs. Do this before layers are added: where the graph
    /// has a single output, hls4ml names its type `result_t`.
    pub fn set_io<I: Into<String>, O: Into<String>>(
        &mut self,
        inputs: impl IntoIterator<Item = I>,
        outputs: impl IntoIterator<Item = O>,
    ) {
        self.state.inputs = inputs.into_iter().map(Into::into).collect();
        self.state.outputs = outputs.into_iter().map(Into::into).collect();
    }

    /// Names of the outputs of the graph's input layers.
    #[must_use]
    pub fn inputs(&self) -> &[String] {
        &self.state.inputs
    }

    /// Names of the outputs that are the graph's outputs.
    #[must_use]
    pub fn outputs(&self) -> &[String] {
        &self.state.outputs
    }

    /// Names of the outputs that are the graph's outputs, to be changed.
    pub fn outputs_mut(&mut self) -> &mut [String] {
        &mut self.state.outputs
    }

    /// What an archive holds beside layers and configuration.
    #[must_use]
    pub fn state(&self) -> &GraphState {
        &self.state
    }

    /// The flows that were applied.
    #[must_use]
    pub fn applied_flows(&self) -> &AppliedFlows {
        &self.state.applied_flows
    }

    /// The record of applied flows, to be continued.
    pub fn applied_flows_mut(&mut self) -> &mut AppliedFlows {
        &mut self.state.applied_flows
    }

    /// Names and layers in order.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = (&str, &dyn Layer)> + DoubleEndedIterator {
        self.layers.iter().map(|(name, layer)| (name.as_str(), layer.as_ref()))
    }

    /// Names and layers in order, to be changed.
    pub fn layers_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Box<dyn Layer>)> {
        self.layers.iter_mut().map(|(name, layer)| (name.as_str(), layer))
    }

    /// Number of layers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there is no layer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The layer of that name.
    #[must_use]
    pub fn layer(&self, name: &str) -> Option<&dyn Layer> {
        self.layers.get(name).map(AsRef::as_ref)
    }

    /// The layer of that name, to be changed.
    pub fn layer_mut(&mut self, name: &str) -> Option<&mut Box<dyn Layer>> {
        self.layers.get_mut(name)
    }

    /// The layer that makes an output.
    #[must_use]
    pub fn producer(&self, output: &str) -> Option<(&str, &dyn Layer)> {
        self.layers().find(|(_, layer)| layer.state().outputs.iter().any(|made| made == output))
    }

    /// The layers that read an output, in order.
    pub fn consumers<'a>(&'a self, output: &'a str) -> impl Iterator<Item = (&'a str, &'a dyn Layer)> {
        self.layers().filter(move |(_, layer)| layer.state().inputs.iter().any(|read| read == output))
    }

    /// The variable of an output.
    #[must_use]
    pub fn output_variable(&self, output: &str) -> Option<&TensorVariable> {
        self.producer(output)?.1.state().variable(output)
    }

    /// The variables of these outputs in order, for [`ModelGraph::inputs`] and [`ModelGraph::outputs`].
    pub fn variables<'a>(&'a self, outputs: &'a [String]) -> impl Iterator<Item = &'a TensorVariable> {
        outputs.iter().filter_map(|output| self.output_variable(output))
    }

    /// The value of an output that a `Constant` makes.
    #[must_use]
    pub fn constant(&self, output: &str) -> Option<&Tensor> {
        let (_, layer) = self.producer(output)?;
        if layer.kind() == "Constant" { layer.state().array("value").ok() } else { None }
    }

    pub(crate) fn append(&mut self, NewLayer { name, layer }: NewLayer) -> Result<(), GraphError> {
        if self.layers.contains_key(&name) {
            return Err(GraphError::DuplicateLayer { layer: name });
        }
        self.layers.insert(name, layer);
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Result<&dyn Layer, GraphError> {
        self.layer(name).ok_or_else(|| GraphError::NoSuchLayer { layer: name.to_owned() })
    }

    pub(crate) fn position(&self, name: &str) -> Result<usize, GraphError> {
        let position = self.layers.get_index_of(name);
        position.ok_or_else(|| GraphError::NoSuchLayer { layer: name.to_owned() })
    }
}

impl GraphError {
    /// The error of one layer.
    pub(crate) fn of_layer(layer: &str, kind: &str, cause: LayerError) -> Self {
        Self::Layer { layer: layer.to_owned(), kind: kind.to_owned(), cause: Box::new(cause) }
    }
}
