//! Depthwise convolutions.

use hls4rs_backend::LayerInitializer;

use super::separable::set_windows;
use super::spec;

/// Sets strategy, reuse factor and partitions of a depthwise convolution along one axis, which [`super::INIT_CONV1D`] has
/// set before as those of a convolution.
///
/// **Source:** `VivadoBackend.init_depconv1d`, hls4ml 1.3.0.
pub static INIT_DEPTHWISE_CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-depthwise-conv1d", "init_depconv1d", "sets strategy, reuse factor and partitions"),
    kind: "DepthwiseConv1D",
    initialize: |patch, name| set_windows(patch, name, 1),
};

/// The same along two axes.
///
/// **Source:** `VivadoBackend.init_depconv2d`, hls4ml 1.3.0.
pub static INIT_DEPTHWISE_CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-depthwise-conv2d", "init_depconv2d", "sets strategy, reuse factor and partitions"),
    kind: "DepthwiseConv2D",
    initialize: |patch, name| set_windows(patch, name, 2),
};
