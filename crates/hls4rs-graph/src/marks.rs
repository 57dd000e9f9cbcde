//! What passes note about layers while they run.

use std::collections::BTreeSet;

use crate::{ModelGraph, Node};

/// Marks that passes set on layers, to know what they did. They go with the layer, and archives do not hold them.
///
/// **Source:** attributes that passes of hls4ml 1.3.0 set on the Python objects of layers, such as
/// `channels_last_converted`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks(BTreeSet<(String, &'static str)>);

impl Marks {
    /// Forgets what was noted about a layer.
    pub(crate) fn forget(&mut self, layer: &str) {
        self.0.retain(|(marked, _)| marked != layer);
    }

    /// Lets the marks of a layer follow it to another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let renamed = |(marked, mark)| (if marked == from { to.to_owned() } else { marked }, mark);
        self.0 = std::mem::take(&mut self.0).into_iter().map(renamed).collect();
    }
}

impl ModelGraph {
    /// Notes something about a layer, for [`Node::is_marked`]. A layer that takes its place is not marked.
    pub fn mark(&mut self, layer: &str, mark: &'static str) {
        self.marks.0.insert((layer.to_owned(), mark));
    }
}

impl Node<'_> {
    /// Whether a pass noted this about the layer.
    #[must_use]
    pub fn is_marked(&self, mark: &str) -> bool {
        self.graph.marks.0.iter().any(|(layer, known)| layer == self.name && *known == mark)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{Activation, Input};

    use crate::{Config, ModelGraph};

    #[test]
    fn marks_go_with_the_layer() {
        let mut graph = ModelGraph::new(Config::default());
        graph.add(Input::builder("x").input_shape([4])).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        graph.mark("relu", "seen");
        graph.rename("relu", "act").unwrap();
        assert!(graph.node("act").unwrap().is_marked("seen"));
        let new = graph.create(Activation::builder("new").activation("relu").inputs(["x"])).unwrap();
        graph.replace("act", new).unwrap();
        graph.rename("new", "act").unwrap();
        assert!(!graph.node("act").unwrap().is_marked("seen"));
    }
}
