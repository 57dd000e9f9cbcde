//! hls4ml's model graphs and `.fml` archives in Rust: open, inspect, edit, build and save.
//!
//! This crate is a thin facade: it names in one place what programs need from the crates below it. Authors of layers,
//! quantizers and backends can depend on [`layers`], [`types`] and the others directly.
//!
//! Open a model, change a precision, save it:
//!
//! ```no_run
//! let mut model = hls4rs::open("model.fml")?;
//! for (name, layer) in model.graph.layers() {
//!     println!("{name}: {} → {}", layer.kind(), layer.result_t()?.precision);
//! }
//! model.graph.set_precision("fc1", "result", "fixed<18,8>".parse()?)?;
//! model.save("changed.fml")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Build one in code:
//!
//! ```
//! use hls4rs::prelude::*;
//! use hls4rs::layers::layers::{Activation, Dense, Input};
//!
//! let mut graph = ModelGraph::new(Config::default());
//! graph.set_io(["x"], ["relu"]);
//! graph.add(Input::builder("x").input_shape([4]))?;
//! graph.add(Dense::builder("fc1").n_in(4).n_out(2).weight(Tensor::zeros(&[4, 2])?))?;
//! graph.add(Activation::builder("relu").activation("relu"))?;
//! assert!(graph.verify().is_empty());
//!
//! let model = Model::new(graph);
//! let bytes = model.to_bytes(&SaveOptions::default())?;
//! assert_eq!(Model::from_bytes(&bytes, &ReadOptions::default())?, model);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The `.fml` archive.
pub use hls4rs_archive as archive;
/// What a backend makes of a graph.
pub use hls4rs_backend as backend;
/// Bit-exact predictions.
#[cfg(feature = "emulator")]
pub use hls4rs_emulator as emulator;
/// Bit-exact arithmetic.
pub use hls4rs_fixed as fixed;
/// What importers share.
pub use hls4rs_frontend as frontend;
/// The model graph, its configuration and its checks.
pub use hls4rs_graph as graph;
/// The kinds of layers and their declarations.
pub use hls4rs_layers as layers;
/// The passes that all backends share.
pub use hls4rs_passes as passes;
/// Precisions, types, variables, tensors, quantizers and attributes.
pub use hls4rs_types as types;

mod arrays;
mod backends;
mod convert;
mod diff;
mod flows;
mod front_ends;
mod inspect;
#[cfg(feature = "emulator")]
mod predict;
mod retarget;

pub use arrays::{ArrayFileError, Arrays, save_arrays};
pub use backends::{BACKENDS, backend, flow};
pub use convert::{ConfigurationOptions, Conversion, configuration, convert, convert_with_options, doctor};
pub use diff::{Category, Difference, ValueDifference, diff};
pub use flows::{ConvertError, apply_flow, build, build_with, expect_backend, expect_flow};
pub use front_ends::{FRONT_ENDS, front_end, import, layer_list};
pub use hls4rs_archive::{Archive, ArchiveError, Model, NpyFile};
#[cfg(feature = "emulator")]
pub use hls4rs_emulator::{Ledger, LedgerEntry, Plan, PredictOptions, Prediction, Predictor, Session};
pub use hls4rs_graph::{Origin, Part};
pub use inspect::{LayerSummary, ModelSummary, PortSummary, inspect};
#[cfg(feature = "emulator")]
pub use predict::{PredictError, plan, predict};
pub use retarget::{RetargetError, RetargetOptions, retarget};

/// What most programs import.
pub mod prelude {
    pub use hls4rs_archive::{
        Archive, ArchiveError, ArrayLayout, Model, ReadLimits, ReadOptions, SaveOptions,
    };
    pub use hls4rs_graph::{Config, Diagnostic, GraphError, LayerList, ModelGraph, Severity};
    pub use hls4rs_layers::{Draft, Layer, LayerError, LayerSpec, LayerState};
    pub use hls4rs_types::{
        Attribute, Attributes, NamedType, Precision, Tensor, TensorVariable, WeightVariable,
    };
}

/// Opens a model, with the default options. [`Model`] has further ways to read and write.
///
/// # Errors
/// If the file cannot be read, or is no archive; the error names the member or layer.
pub fn open(path: impl AsRef<std::path::Path>) -> Result<Model, ArchiveError> {
    Model::open(path)
}
