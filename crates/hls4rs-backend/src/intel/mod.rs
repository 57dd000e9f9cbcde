//! What the two backends for Intel's compilers, Quartus and oneAPI, set of the layers of a kind.
//!
//! Their kernels know the strategy `resource` alone.

mod activation;
mod conv;
mod dense;
mod recurrent;

pub use activation::INIT_ACTIVATION;
pub use conv::{INIT_CONV1D, INIT_CONV1D_AS_CONFIGURED, INIT_CONV2D, INIT_CONV2D_AS_CONFIGURED};
pub use dense::INIT_DENSE;
pub use recurrent::{INIT_GRU, INIT_LSTM, INIT_SIMPLE_RNN};

use hls4rs_graph::{PassError, Patch};

/// Sets what multiplications with padded blocks of weights need.
fn set_padding(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    patch.set(name, "rfpad", 0i64)?;
    patch.set(name, "bfpad", 0i64)?;
    Ok(())
}
