//! Poolings.

use hls4rs_backend::LayerInitializer;

use super::spec;
use hls4rs_backend::init::set_implementation;

/// Sets the implementation of a pooling along one axis.
///
/// **Source:** `VivadoBackend.init_pooling1d`, hls4ml 1.3.0.
pub static INIT_POOLING1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-pooling1d", "init_pooling1d", "sets how windows are collected from streams"),
    kind: "Pooling1D",
    initialize: set_implementation,
};

/// The same along two axes.
///
/// **Source:** `VivadoBackend.init_pooling2d`, hls4ml 1.3.0.
pub static INIT_POOLING2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-pooling2d", "init_pooling2d", "sets how windows are collected from streams"),
    kind: "Pooling2D",
    initialize: set_implementation,
};
