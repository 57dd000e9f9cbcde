//! A graph seen by a backend.

use hls4rs_graph::ModelGraph;

use crate::{SpecializeError, Target, Types};

/// A graph with what its backend makes of it. The graph itself is not changed.
#[derive(Debug, Clone)]
pub struct Specialized<'g> {
    /// The graph.
    pub graph: &'g ModelGraph,
    /// The backend, and how layers pass data.
    pub target: Target,
    /// The types of the generated C++.
    pub types: Types,
}

/// Sees a graph as the backend of its configuration does.
///
/// # Errors
/// If the configuration names an unknown backend or way of passing data.
pub fn specialize(graph: &ModelGraph) -> Result<Specialized<'_>, SpecializeError> {
    let target = Target { vendor: graph.config.backend().parse()?, io_type: graph.config.io_type().parse()? };
    Ok(Specialized { graph, target, types: Types::new(graph, target) })
}
