//! Embeddings.

use hls4rs_graph::{PassError, Patch};

use super::spec;
use crate::LayerInitializer;

/// Checks that an embedding knows how many numbers it reads.
///
/// **Source:** the backends' `init_embed`, hls4ml 1.3.0.
pub static INIT_EMBEDDING: LayerInitializer = LayerInitializer {
    spec: &spec("init-embedding", "init_embed", "checks that the length of the input is known"),
    kind: "Embedding",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    if patch.expect_node(name)?.get("n_in").is_some() {
        return Ok(());
    }
    Err(PassError::unsupported(
        "the length of an embedding's input, `n_in`",
        "none",
        "give the layer `input_length` in the source model",
    ))
}
