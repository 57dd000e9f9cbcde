//! A graph seen by a backend.

use hls4rs_graph::{ModelGraph, PassError};
use hls4rs_layers::{Layer, LayerState};
use indexmap::IndexMap;

use crate::lowering::{Site, lowerings};
use crate::{PipelineStyle, SpecializeError, SpecializedLayer, Target, Types, Vendor};

/// A graph with what its backend makes of it. The graph itself is not changed.
#[derive(Debug, Clone)]
pub struct Specialized<'g> {
    /// The graph.
    pub graph: &'g ModelGraph,
    /// The backend, and how layers pass data.
    pub target: Target,
    /// The types of the generated C++.
    pub types: Types,
    /// What the layers hold behind the flow `specific_types`, where the graph is before it.
    lowered: IndexMap<String, LayerState>,
}

impl<'g> Specialized<'g> {
    /// What a layer holds in the generated C++: weights in the order in which they are read, outputs with their C++ types.
    ///
    /// A graph behind the backend's flow `specific_types` has that itself. What the flow would do is computed for others.
    #[must_use]
    pub fn state(&self, layer: &str) -> Option<&LayerState> {
        self.lowered.get(layer).or_else(|| self.graph.layer(layer).map(|layer| layer.state()))
    }

    /// What the layer's outputs, weights and types are in the generated C++.
    #[must_use]
    pub fn layer(&self, name: &str) -> Option<SpecializedLayer> {
        Some(SpecializedLayer::new(self, self.state(name)?))
    }

    /// All layers in order.
    pub fn layers(&self) -> impl Iterator<Item = (&'g str, SpecializedLayer)> {
        let named = self.graph.layers().map(|(name, _)| name);
        named.filter_map(|name| Some((name, self.layer(name)?)))
    }

    /// How the project is scheduled, if the configuration says it or the backend chooses.
    ///
    /// # Errors
    /// If the configuration leaves it to reuse factors that layers lack.
    pub fn pipeline_style(&self) -> Result<Option<PipelineStyle>, PassError> {
        let chooses = !matches!(self.target.vendor, Vendor::Quartus | Vendor::OneApi | Vendor::Catapult);
        let is_named = ["pipeline", "dataflow"].contains(&self.graph.config.pipeline_style.as_str());
        (chooses || is_named).then(|| PipelineStyle::of(self.graph, self.target)).transpose()
    }
}

/// Sees a graph as the backend of its configuration does.
///
/// # Errors
/// If the configuration names an unknown backend or way of passing data, or a layer is nothing that the backend can
/// make C++ of.
pub fn specialize(graph: &ModelGraph) -> Result<Specialized<'_>, SpecializeError> {
    let target = Target::of(&graph.config)?;
    let lowered = if has_specific_types(graph) { IndexMap::new() } else { lower(graph, target)? };
    let states = graph.layers().map(|(name, layer)| lowered.get(name).unwrap_or_else(|| layer.state()));
    let types = Types::new(states, target);
    Ok(Specialized { graph, target, types, lowered })
}

/// Whether the flow that gives layers the backend's types was applied.
fn has_specific_types(graph: &ModelGraph) -> bool {
    let mut flows = graph.applied_flows().iter().flat_map(|group| group.keys());
    flows.any(|flow| flow.ends_with(":specific_types"))
}

fn lower(graph: &ModelGraph, target: Target) -> Result<IndexMap<String, LayerState>, SpecializeError> {
    let lowered =
        graph.layers().map(|(name, layer)| Ok((name.to_owned(), lower_layer(graph, target, name, layer)?)));
    lowered.collect()
}

fn lower_layer(
    graph: &ModelGraph,
    target: Target,
    name: &str,
    layer: &dyn Layer,
) -> Result<LayerState, SpecializeError> {
    let mut state = layer.state().clone();
    for lowering in lowerings(target.vendor) {
        let matches = lowering.matches(Site { graph, target, name, layer, state: &state });
        let result = matches.and_then(|matches| {
            if !matches {
                return Ok(());
            }
            let before = state.clone();
            lowering.lower(Site { graph, target, name, layer, state: &before }, &mut state)
        });
        result.map_err(|cause| SpecializeError::Layer {
            layer: name.to_owned(),
            kind: layer.kind().to_owned(),
            cause: Box::new(cause),
        })?;
    }
    Ok(state)
}
