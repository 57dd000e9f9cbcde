//! What a layer in the making is told of the graph that it joins.

use hls4rs_types::{Attributes, Precision, Tensor, TensorVariable};

use crate::{AttributeSpec, LayerError, LayerSpec};

/// What a layer needs to know of the graph that it joins.
pub trait InitContext {
    /// The variable of an output that an earlier layer makes.
    fn variable(&self, output: &str) -> Option<&TensorVariable>;

    /// The value of an output that an earlier `Constant` makes.
    fn constant(&self, output: &str) -> Option<&Tensor>;

    /// Precision of a slot (`result`, `weight`, `accum`, …) and the name of its type, by configuration.
    ///
    /// # Errors
    /// If the configuration has none, or one that is no precision.
    fn precision(&self, layer: LayerId<'_>, slot: &str) -> Result<(Precision, String), LayerError>;

    /// What the configuration says about the layer's kind, then about the layer itself, by upper camel case keys.
    fn layer_config(&self, layer: LayerId<'_>) -> Attributes;

    /// Whether the layer's weights are to be compressed.
    fn is_compressed(&self, layer: LayerId<'_>) -> bool;

    /// The layer's strategy, in lower case.
    fn strategy(&self, layer: LayerId<'_>) -> String;

    /// How many times each multiplier of the layer is used.
    fn reuse_factor(&self, layer: LayerId<'_>) -> i64;

    /// Name of the backend.
    fn backend(&self) -> &str;

    /// Names of the graph's outputs. Where it has one, that one's type is `result_t`.
    fn graph_outputs(&self) -> &[String];

    /// Attributes that the backend adds to those which the kind declares.
    fn extensions(&self, spec: &LayerSpec) -> Vec<AttributeSpec>;
}

/// How configuration refers to a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerId<'a> {
    /// Name of the layer.
    pub name: &'a str,
    /// Class of the layer without module.
    pub kind: &'a str,
}

/// A context without graph, backend and configuration: everything is `fixed<16,6>`.
#[derive(Debug, Clone, Copy)]
pub struct Unattached;

impl InitContext for Unattached {
    fn variable(&self, _: &str) -> Option<&TensorVariable> {
        None
    }

    fn constant(&self, _: &str) -> Option<&Tensor> {
        None
    }

    fn precision(&self, _: LayerId<'_>, _: &str) -> Result<(Precision, String), LayerError> {
        Ok((Precision::fixed(16, 6), "model_default_t".to_owned()))
    }

    fn layer_config(&self, _: LayerId<'_>) -> Attributes {
        Attributes::new()
    }

    fn is_compressed(&self, _: LayerId<'_>) -> bool {
        false
    }

    fn strategy(&self, _: LayerId<'_>) -> String {
        "latency".to_owned()
    }

    fn reuse_factor(&self, _: LayerId<'_>) -> i64 {
        1
    }

    fn backend(&self) -> &str {
        ""
    }

    fn graph_outputs(&self) -> &[String] {
        &[]
    }

    fn extensions(&self, _: &LayerSpec) -> Vec<AttributeSpec> {
        Vec::new()
    }
}
