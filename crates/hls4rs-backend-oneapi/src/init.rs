//! What the backend sets of the layers of each kind, in upstream's order: general kinds first, then by name.

use hls4rs_backend::init::{init_embedding, init_softmax};
use hls4rs_backend::{LayerInitializer, init_base_layer, intel};
use hls4rs_graph::{PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

/// Reuse factor and clock cycles of every layer.
pub(crate) static BASE_LAYER: LayerInitializer = LayerInitializer {
    spec: &spec("init-base-layer", "init_base_layer", "sets reuse factors and clock cycles"),
    kind: "",
    initialize: init_base_layer,
};

/// Activations.
pub(crate) static ACTIVATION: LayerInitializer = LayerInitializer {
    spec: &spec("init-activation", "init_activation", "gives the hyperbolic tangent its kernel"),
    kind: "Activation",
    initialize: intel::init_activation,
};

/// Convolutions along one axis.
pub(crate) static CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv1d", "init_conv1d", "sets how convolutions along one axis are computed"),
    kind: "Conv1D",
    initialize: init_conv,
};

/// Convolutions along two axes.
pub(crate) static CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-conv2d", "init_conv2d", "sets how convolutions along two axes are computed"),
    kind: "Conv2D",
    initialize: init_conv,
};

/// Dense layers.
pub(crate) static DENSE: LayerInitializer = LayerInitializer {
    spec: &spec("init-dense", "init_dense", "sets how dense layers are computed"),
    kind: "Dense",
    initialize: intel::init_dense,
};

/// Embeddings.
pub(crate) static EMBEDDING: LayerInitializer = LayerInitializer {
    spec: &spec("init-embedding", "init_embed", "checks embeddings"),
    kind: "Embedding",
    initialize: init_embedding,
};

/// Gated recurrent units.
pub(crate) static GRU: LayerInitializer = LayerInitializer {
    spec: &spec("init-gru", "init_gru", "sets how gated recurrent units are computed"),
    kind: "GRU",
    initialize: intel::init_gru,
};

/// Layers of long short-term memory.
pub(crate) static LSTM: LayerInitializer = LayerInitializer {
    spec: &spec("init-lstm", "init_lstm", "sets how layers of long short-term memory are computed"),
    kind: "LSTM",
    initialize: intel::init_lstm,
};

/// Simple recurrent layers.
pub(crate) static SIMPLE_RNN: LayerInitializer = LayerInitializer {
    spec: &spec("init-simple-rnn", "init_simple_rnn", "sets how simple recurrent layers are computed"),
    kind: "SimpleRNN",
    initialize: intel::init_simple_rnn,
};

/// Softmax.
pub(crate) static SOFTMAX: LayerInitializer = LayerInitializer {
    spec: &spec("init-softmax", "init_softmax", "checks softmax"),
    kind: "Softmax",
    initialize: init_softmax,
};

/// The factor is what the configuration has, whatever the source model says.
///
/// **Source:** `OneAPIBackend.init_conv1d` and `init_conv2d`, hls4ml 1.3.0.
fn init_conv(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    intel::init_conv_with(patch, name, |patch, name| {
        let id = patch.expect_node(name)?.id();
        Ok(patch.config.layer_value(id, "ParallelizationFactor").cloned().unwrap_or(Attribute::Int(1)))
    })
}

const fn spec(name: &'static str, upstream: &'static str, summary: &'static str) -> PassSpec {
    PassSpec { name, upstream, summary, preserves: Preserves::Shapes }
}
