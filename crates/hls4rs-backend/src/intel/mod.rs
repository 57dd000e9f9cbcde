//! What the two backends for Intel's compilers, Quartus and oneAPI, set of the layers of a kind.
//!
//! Their kernels know the strategy `resource` alone.

mod activation;
mod conv;
mod dense;
mod recurrent;

pub use activation::init_activation;
pub use conv::{init_conv, init_conv_with};
pub use dense::init_dense;
pub use recurrent::{init_gru, init_lstm, init_simple_rnn};

use hls4rs_graph::{PassError, Patch};

/// Sets what multiplications with padded blocks of weights need.
fn set_padding(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    patch.set(name, "rfpad", 0i64)?;
    patch.set(name, "bfpad", 0i64)?;
    Ok(())
}
