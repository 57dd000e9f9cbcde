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

mod archive;
mod contents;
mod decode;
mod deferred;
mod diagnostics;
mod encode;
mod error;
mod gzip;
mod json;
mod limits;
mod manifest;
mod migrate;
mod model;
mod naming;
mod npy;
mod npy_file;
mod npz;
mod one_line;
mod options;
mod quantizers;
mod repair;
mod save;
mod source;
mod tar;
mod testbench;
mod unique;
mod version;
mod write;

pub use archive::Archive;
pub use contents::{Members, read_members};
pub use diagnostics::DIAGNOSTICS;
pub use error::ArchiveError;
pub use json::{read_json, write_json};
pub use limits::{Limit, ReadLimits};
pub use manifest::{Digest, MANIFEST_FORMAT, Manifest, ManifestFault, Step, Tool};
pub use migrate::{CURRENT, Change};
pub use model::Model;
pub use npy::{read_npy, write_npy};
pub use npy_file::NpyFile;
pub use npz::{read_npz, write_npz};
pub use options::{ArrayLayout, ManifestCheck, ReadOptions, SaveOptions};
pub use repair::REPAIRS;
pub use save::write_bytes;
pub use tar::{KindFault, NameFault};
pub use testbench::Testbench;
pub use version::{Hls4mlVersion, Version, Warning};
pub use write::write_members;

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
    /// The model as its converter handed it over; hls4ml does not look at it.
    pub const SOURCE: &str = "hls4rs/source_arch.json";
    /// Quantizers that hls4ml can load only with QKeras, where they are not in the layers; hls4ml does not look at it.
    pub const QUANTIZERS: &str = "hls4rs/quantizers.json";
    /// What the archive says of itself; hls4ml does not look at it.
    pub const MANIFEST: &str = "hls4rs/manifest.json";
    /// The members that are read first, and are in every archive.
    pub const DOCUMENTS: [&str; 4] = [VERSION, CONFIG, STATE, LAYERS];
    /// What the names of members with testbench data begin with: inputs, expected outputs.
    pub const TESTBENCH: [&str; 2] = ["input_data_tb.", "output_data_tb."];
}
