//! What passes ask of weights.

use hls4rs_graph::{Node, PassError};
use hls4rs_layers::LayerState;
use hls4rs_types::Tensor;

/// The values of a weight before quantization.
///
/// An archive does not hold them. It has what the weight was made from, though, which is the same unless a pass changed the
/// weight.
///
/// # Errors
/// If the layer has no such weight.
pub(crate) fn unquantized(state: &LayerState, weight: &str) -> Result<Tensor, PassError> {
    let variable = state.weight(weight)?;
    if variable.unquantized.is_none()
        && variable.quantizer.is_some()
        && let Ok(source) = state.array(&format!("{weight}_data"))
    {
        return Ok(source.clone());
    }
    Ok(variable.unquantized().clone())
}

/// Two layers of which the first one is to be merged into the second, or the other way round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'g> {
    /// The layer that comes first.
    pub(crate) first: Node<'g>,
    /// The layer that reads it.
    pub(crate) second: Node<'g>,
}

impl Pair<'_> {
    /// Whether the first layer's output has no other reader.
    pub(crate) fn is_alone(&self) -> bool {
        self.first.readers(0).count() <= 1
    }
}
