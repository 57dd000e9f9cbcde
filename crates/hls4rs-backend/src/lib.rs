//! What a backend makes of a model graph: a function from the graph to side tables, which leaves the graph as it is.
//!
//! Everything that follows the graph (the emulator, writers of projects) takes a [`Specialized`].
//!
//! ```
//! use hls4rs_backend::specialize;
//! use hls4rs_graph::{Config, ModelGraph};
//!
//! let graph = ModelGraph::new(Config::default());
//! let specialized = specialize(&graph)?;
//! assert_eq!(specialized.target.to_string(), "Vivado, io_parallel");
//! # Ok::<(), hls4rs_backend::SpecializeError>(())
//! ```

mod attributes;
mod backend;
pub mod configure;
mod error;
pub mod passes;
mod specialized;
mod target;
mod types;

pub use attributes::fpga_attributes;
pub use backend::Backend;
pub use error::SpecializeError;
pub use hls4rs_fixed::Family;
pub use specialized::{Specialized, specialize};
pub use target::{IoType, Target, Vendor};
pub use types::Types;
