//! What several backends set of the layers of a kind, a file per family of kinds. Flows list these passes.

mod einsum;
mod einsum_dense;
mod embedding;
mod parallelization;
mod partitions;
mod softmax;
mod weight_axes;

use hls4rs_graph::{PassSpec, Preserves};

use crate::{LayerInitializer, init_base_layer};

pub use einsum::INIT_EINSUM;
pub use einsum_dense::INIT_EINSUM_DENSE;
pub use embedding::INIT_EMBEDDING;
pub use parallelization::parallelization_factor;
pub use partitions::{closest_factor, configured, pixels, set_implementation, set_partitions};
pub use softmax::INIT_SOFTMAX;
pub use weight_axes::give_weight_its_axes;

/// Sets reuse factor and target cycles of every layer.
///
/// **Source:** the backends' `init_base_layer`, hls4ml 1.3.0.
pub static INIT_BASE_LAYER: LayerInitializer = LayerInitializer {
    spec: &spec("init-base-layer", "init_base_layer", "sets reuse factor and target cycles of every layer"),
    kind: "",
    initialize: init_base_layer,
};

/// The declaration of an initializer.
#[must_use]
pub const fn spec(name: &'static str, upstream: &'static str, summary: &'static str) -> PassSpec {
    PassSpec { name, upstream, summary, preserves: Preserves::Shapes }
}
