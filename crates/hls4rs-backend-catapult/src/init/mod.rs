//! What the backend sets of the layers of each kind, a file each. The flow has them in upstream's order: general kinds first,
//! then by name.

mod conv;
mod dense;
mod garnet;
mod pooling;
mod recurrent;
mod separable;
mod shared_precision;

use hls4rs_backend::init::{init_embedding, init_softmax};
use hls4rs_backend::{LayerInitializer, init_base_layer};
use hls4rs_graph::{PassError, PassSpec, Patch, Preserves};

pub(crate) use conv::{CONV1D, CONV2D};
pub(crate) use dense::DENSE;
pub(crate) use garnet::{GARNET, GARNET_STACK};
pub(crate) use pooling::{GLOBAL_POOLING1D, GLOBAL_POOLING2D, POOLING1D, POOLING2D};
pub(crate) use recurrent::{GRU, LSTM};
pub(crate) use separable::{DEPTHWISE_CONV2D, SEPARABLE_CONV1D, SEPARABLE_CONV2D};

/// Reuse factor and clock cycles of every layer.
pub(crate) static BASE_LAYER: LayerInitializer = LayerInitializer {
    spec: &spec("init-base-layer", "init_base_layer", "sets reuse factors and clock cycles"),
    kind: "",
    initialize: init_base_layer,
};

/// Embeddings.
pub(crate) static EMBEDDING: LayerInitializer = LayerInitializer {
    spec: &spec("init-embedding", "init_embed", "checks embeddings"),
    kind: "Embedding",
    initialize: init_embedding,
};

/// Softmax.
pub(crate) static SOFTMAX: LayerInitializer = LayerInitializer {
    spec: &spec("init-softmax", "init_softmax", "checks softmax"),
    kind: "Softmax",
    initialize: init_softmax,
};

const fn spec(name: &'static str, upstream: &'static str, summary: &'static str) -> PassSpec {
    PassSpec { name, upstream, summary, preserves: Preserves::Shapes }
}

/// Whether the configuration has the strategy `resource` for the layer. Everything else means `latency`.
fn is_resource(patch: &Patch<'_>, name: &str) -> Result<bool, PassError> {
    Ok(patch.config.strategy(patch.expect_node(name)?.id()).eq_ignore_ascii_case("resource"))
}

/// Sets `implementation` to what the configuration has for windows over streams, in lower case.
fn set_implementation(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let id = patch.expect_node(name)?.id();
    let implementation = patch.config.conv_implementation(id).unwrap_or("LineBuffer").to_lowercase();
    patch.set(name, "implementation", implementation)?;
    Ok(())
}
