//! The model graph of hls4rs: layers in order, their connections, configuration, checks, edits and a printed form.
//!
//! ```
//! use hls4rs_graph::{Config, ModelGraph};
//! use hls4rs_layers::layers::{Dense, Input};
//! use hls4rs_types::Tensor;
//!
//! let mut graph = ModelGraph::new(Config::default());
//! graph.set_io(["x"], ["fc1"]);
//! graph.add(Input::builder("x").input_shape([4]))?;
//! graph.add(Dense::builder("fc1").n_in(4).n_out(2).weight(Tensor::zeros(&[4, 2])?))?;
//! assert!(graph.verify().is_empty());
//! assert_eq!(graph.output_variable("fc1").map(|v| v.shape.clone()), Some(vec![2]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod config;
mod diagnostic;
mod edit;
mod error;
mod extensions;
mod graph;
mod layer_list;
mod node;
mod origin;
mod pass;
mod print;
mod verify;

pub use config::{BramFactor, Config, Precisions, Scoped};
pub use diagnostic::{DIAGNOSTICS, Diagnostic, DiagnosticSpec, Severity};
pub use edit::SEPARATE_INPUTS;
pub use error::GraphError;
pub use extensions::LayerExtensions;
pub use graph::{AppliedFlows, GraphState, ModelGraph, NewLayer};
pub use layer_list::LayerList;
pub use node::Node;
pub use origin::{Origin, Origins, Part};
pub use pass::{
    Flow, FlowError, FlowOptions, FlowReport, GraphPass, NodePass, Outcome, Pass, PassError, PassSpec, Patch,
    Preserves, Step,
};
pub use verify::{check_structure, is_cpp_name};
