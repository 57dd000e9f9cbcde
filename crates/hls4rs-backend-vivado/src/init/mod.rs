//! What Vivado sets of each kind of layer, a file per family of kinds. Flows list these passes.

mod bidirectional;
mod conv;
mod dense;
mod depthwise;
mod einsum;
mod einsum_dense;
mod embedding;
mod garnet;
mod partitions;
mod pooling;
mod recurrent;
mod separable;
mod strategy;
mod time_distributed;

use hls4rs_backend::{LayerInitializer, init_base_layer};
use hls4rs_graph::{PassSpec, Preserves};

pub use bidirectional::INIT_BIDIRECTIONAL;
pub use conv::{INIT_CONV1D, INIT_CONV2D};
pub use dense::INIT_DENSE;
pub use depthwise::{INIT_DEPTHWISE_CONV1D, INIT_DEPTHWISE_CONV2D};
pub use einsum::INIT_EINSUM;
pub use einsum_dense::INIT_EINSUM_DENSE;
pub use embedding::INIT_EMBEDDING;
pub use garnet::{INIT_GARNET, INIT_GARNET_STACK};
pub use pooling::{INIT_POOLING1D, INIT_POOLING2D};
pub use recurrent::{INIT_GRU, INIT_LSTM};
pub use separable::{INIT_SEPARABLE_CONV1D, INIT_SEPARABLE_CONV2D};
pub use time_distributed::INIT_TIME_DISTRIBUTED;

/// Sets reuse factor and target cycles of every layer.
///
/// **Source:** `VivadoBackend.init_base_layer`, hls4ml 1.3.0.
pub static INIT_BASE_LAYER: LayerInitializer = LayerInitializer {
    spec: &spec("init-base-layer", "init_base_layer", "sets reuse factor and target cycles of every layer"),
    kind: "",
    initialize: init_base_layer,
};

/// The declaration of an initializer.
const fn spec(name: &'static str, upstream: &'static str, summary: &'static str) -> PassSpec {
    PassSpec { name, upstream, summary, preserves: Preserves::Shapes }
}
