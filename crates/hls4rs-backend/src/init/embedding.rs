//! Embeddings.

use hls4rs_graph::{PassError, Patch};

/// Checks that the layer knows how many numbers it looks up.
///
/// **Source:** the backends' `init_embed`, hls4ml 1.3.0.
///
/// # Errors
/// If `n_in` is not set.
pub fn init_embedding(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    match patch.expect_node(name)?.get("n_in") {
        Some(_) => Ok(()),
        None => Err(PassError::unsupported(
            "the number of inputs of an embedding, `n_in`",
            "none",
            "give the source layer a fixed input length",
        )),
    }
}
