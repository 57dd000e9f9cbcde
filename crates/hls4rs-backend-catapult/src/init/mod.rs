//! What the backend sets of the layers of each kind, a file each. The flow has them in upstream's order: general kinds first,
//! then by name.

mod conv;
mod dense;
mod garnet;
mod pooling;
mod recurrent;
mod separable;
mod shared_precision;

use hls4rs_backend::init::spec;
use hls4rs_graph::{PassError, Patch};

pub(crate) use conv::{CONV1D, CONV2D};
pub(crate) use dense::DENSE;
pub(crate) use garnet::{GARNET, GARNET_STACK};
pub(crate) use pooling::{GLOBAL_POOLING1D, GLOBAL_POOLING2D, POOLING1D, POOLING2D};
pub(crate) use recurrent::{GRU, LSTM};
pub(crate) use separable::{DEPTHWISE_CONV2D, SEPARABLE_CONV1D, SEPARABLE_CONV2D};

/// Whether the configuration has the strategy `resource` for the layer. Everything else means `latency`.
fn is_resource(patch: &Patch<'_>, name: &str) -> Result<bool, PassError> {
    Ok(patch.config.strategy(patch.expect_node(name)?.id()).eq_ignore_ascii_case("resource"))
}
