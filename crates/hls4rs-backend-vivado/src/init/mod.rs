//! What Vivado sets of each kind of layer, a file per family of kinds. Flows list these passes.

mod bidirectional;
mod conv;
mod dense;
mod depthwise;
mod garnet;
mod pooling;
mod recurrent;
mod separable;
mod strategy;
#[cfg(test)]
mod tests;
mod time_distributed;

use hls4rs_backend::init::spec;

pub use hls4rs_backend::init::{INIT_BASE_LAYER, INIT_EINSUM, INIT_EINSUM_DENSE, INIT_EMBEDDING};

pub use bidirectional::INIT_BIDIRECTIONAL;
pub use conv::{INIT_CONV1D, INIT_CONV2D};
pub use dense::INIT_DENSE;
pub use depthwise::{INIT_DEPTHWISE_CONV1D, INIT_DEPTHWISE_CONV2D};
pub use garnet::{INIT_GARNET, INIT_GARNET_STACK};
pub use pooling::{INIT_POOLING1D, INIT_POOLING2D};
pub use recurrent::{INIT_GRU, INIT_LSTM};
pub use separable::{INIT_SEPARABLE_CONV1D, INIT_SEPARABLE_CONV2D};
pub use time_distributed::INIT_TIME_DISTRIBUTED;
