//! The axes of the weights of convolutions.

use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{Attribute, Strided};

/// Puts two axes of one element in front of the weights of a convolution that have two axes only, as those of a dense layer
/// have.
///
/// **Source:** the backends' `init_conv1d` and `init_conv2d`, hls4ml 1.3.0: two axes also for convolutions along one axis.
///
/// # Errors
/// If the layer has no weights, or they cannot be loaded.
pub fn give_weight_its_axes(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let weight = patch.expect_node(name)?.state().weight("weight")?;
    if weight.data.rank() != 2 {
        return Ok(());
    }
    let shape: Vec<usize> = [1, 1].iter().chain(weight.data.shape()).copied().collect();
    let (expanded, unquantized) =
        (Strided::of(&weight.data).reshaped(&shape)?.finish()?, weight.unquantized().clone());
    if let Some(Attribute::Weight(weight)) = patch.state_mut(name)?.attributes.get_mut("weight") {
        weight.data = expanded;
        weight.unquantized = Some(unquantized);
    }
    Ok(())
}
