//! The `.fml` archive: what hls4ml saves of a model, read and written without losing anything.
//!
//! Nothing else in hls4rs touches tar, gzip, npy or Python's JSON dialect. Depend on this crate to work with the files
//! themselves; `hls4rs` re-exports what most programs need.
//!
//! ```
//! use hls4rs_archive::{Model, ReadOptions, SaveOptions};
//! use hls4rs_graph::{Config, ModelGraph};
//! use hls4rs_layers::layers::Input;
//!
//! let mut graph = ModelGraph::new(Config::default());
//! graph.set_io(["x"], ["x"]);
//! graph.add(Input::builder("x").input_shape([4]))?;
//! let bytes = Model::new(graph).to_bytes(&SaveOptions::default())?;
//! let model = Model::from_bytes(&bytes, &ReadOptions::default())?;
//! assert_eq!(model.graph.inputs(), ["x"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod container;
mod decode;
mod encode;
mod error;
mod json;
mod model;
mod naming;
mod npy;
mod npz;
mod options;
mod repair;
mod save;
mod version;

pub use container::{Members, read_members, write_members};
pub use error::ArchiveError;
pub use json::{read_json, write_json};
pub use model::Model;
pub use npy::{read_npy, write_npy};
pub use npz::{read_npz, write_npz};
pub use options::{ArrayLayout, ReadOptions, SaveOptions};
pub use repair::REPAIRS;
pub use version::{Hls4mlVersion, Version};

/// Names of the members that have a meaning. The first four are in every archive.
pub mod member {
    /// hls4ml's version and the format's.
    pub const VERSION: &str = "version.json";
    /// The configuration of the conversion.
    pub const CONFIG: &str = "config.json";
    /// The layers.
    pub const LAYERS: &str = "model_arch.json";
    /// Inputs, outputs and applied flows.
    pub const STATE: &str = "graph_state.json";
    /// All arrays, where they are in one member; see [`crate::ArrayLayout::Npz`].
    pub const WEIGHTS: &str = "weights.npz";
    /// What the names of members with testbench data begin with: inputs, expected outputs.
    pub const TESTBENCH: [&str; 2] = ["input_data_tb.", "output_data_tb."];
}
