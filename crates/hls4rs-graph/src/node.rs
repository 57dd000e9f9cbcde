//! A layer seen in its place in the graph.

use hls4rs_layers::{Layer, LayerId, LayerState};
use hls4rs_types::{AnyQuantizer, Attribute, Precision, TensorVariable};

use crate::ModelGraph;

/// A layer with its name and the graph that it is in: what passes look at.
///
/// ```
/// use hls4rs_graph::{Config, ModelGraph};
/// use hls4rs_layers::layers::{Activation, Input};
///
/// let mut graph = ModelGraph::new(Config::default());
/// graph.set_io(["x"], ["relu"]);
/// graph.add(Input::builder("x").input_shape([4]))?;
/// graph.add(Activation::builder("relu").activation("relu"))?;
/// let Some(node) = graph.node("relu") else { return Ok(()) };
/// assert!(node.is_a("Activation"));
/// assert_eq!(node.input_node(0).map(|node| node.name), Some("x"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Node<'g> {
    /// The graph.
    pub graph: &'g ModelGraph,
    /// Name of the layer.
    pub name: &'g str,
    /// The layer.
    pub layer: &'g dyn Layer,
}

impl ModelGraph {
    /// The layer of that name, in its place.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<Node<'_>> {
        let (_, name, layer) = self.layers.get_full(name)?;
        Some(Node { graph: self, name, layer: layer.as_ref() })
    }

    /// All layers in their places, in order.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node<'_>> {
        self.layers().map(|(name, layer)| Node { graph: self, name, layer })
    }
}

impl<'g> Node<'g> {
    /// How the configuration refers to the layer.
    #[must_use]
    pub fn id(&self) -> LayerId<'g> {
        LayerId { name: self.name, kind: self.layer.kind() }
    }

    /// Whether the layer's kind is this one, or a special case of it.
    #[must_use]
    pub fn is_a(&self, kind: &str) -> bool {
        self.layer.is_a(kind)
    }

    /// Whether the layer's kind is one of these, or a special case of one.
    #[must_use]
    pub fn is_any(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.layer.is_a(kind))
    }

    /// What the layer holds.
    #[must_use]
    pub fn state(&self) -> &'g LayerState {
        self.layer.state()
    }

    /// An attribute, if it is there and not null.
    #[must_use]
    pub fn get(&self, attribute: &str) -> Option<&'g Attribute> {
        self.layer.state().get(attribute)
    }

    /// An attribute that is a text.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<&'g str> {
        self.get(attribute).and_then(Attribute::as_str)
    }

    /// An attribute that is a quantizer.
    #[must_use]
    pub fn quantizer(&self, attribute: &str) -> Option<&'g AnyQuantizer> {
        self.get(attribute).and_then(Attribute::as_quantizer)
    }

    /// The layer that makes an input.
    #[must_use]
    pub fn input_node(&self, input: usize) -> Option<Node<'g>> {
        self.graph.producer_node(self.state().inputs.get(input)?)
    }

    /// The variable of an input.
    #[must_use]
    pub fn input_variable(&self, input: usize) -> Option<&'g TensorVariable> {
        self.graph.output_variable(self.state().inputs.get(input)?)
    }

    /// The variable of the first output.
    #[must_use]
    pub fn output_variable(&self) -> Option<&'g TensorVariable> {
        self.state().variable(self.state().outputs.first()?)
    }

    /// Precision of the first output.
    #[must_use]
    pub fn output_precision(&self) -> Option<Precision> {
        self.output_variable().map(TensorVariable::precision)
    }

    /// Whether the precision of the first output is still to be found.
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        self.output_precision() == Some(Precision::Unspecified)
    }

    /// The layers that read an output, in order; one that reads it twice comes twice.
    ///
    /// **Source:** `Layer.get_output_use_map` and `Layer.get_output_nodes`, hls4ml 1.3.0.
    pub fn readers(&self, output: usize) -> impl Iterator<Item = Node<'g>> + use<'g> {
        let read = self.state().outputs.get(output).map(String::as_str);
        self.graph.nodes().flat_map(move |node| {
            let times = node.state().inputs.iter().filter(|input| Some(input.as_str()) == read).count();
            std::iter::repeat_n(node, times)
        })
    }

    /// Whether the layer makes one of the graph's outputs.
    #[must_use]
    pub fn is_graph_output(&self) -> bool {
        self.state().outputs.iter().any(|output| self.graph.outputs().contains(output))
    }
}

impl ModelGraph {
    /// The layer that makes an output, in its place.
    #[must_use]
    pub fn producer_node(&self, output: &str) -> Option<Node<'_>> {
        self.producer(output).map(|(name, layer)| Node { graph: self, name, layer })
    }
}
