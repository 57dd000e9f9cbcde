//! What a backend adds to the declarations of layers.

use std::fmt::Debug;

use hls4rs_layers::{AttributeSpec, LayerSpec};

/// Attributes that a backend adds to those which a kind declares: reuse factors, accumulators, tables.
///
/// A graph that knows them gives them to the layers that are made in it, by builders, converters and passes.
///
/// **Source:** `FPGABackend.create_layer_class` and the backends' `attribute_map`, hls4ml 1.3.0.
pub trait LayerExtensions: Debug + Sync {
    /// The attributes that layers of a kind have in addition, in order.
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec>;
}
