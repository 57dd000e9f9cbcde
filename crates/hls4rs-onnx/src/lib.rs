//! Importer of ONNX and QONNX models: from the file to a list of layers.
//!
//! A model is read, brought to the form that qonnx's clean-up gives, and converted operator by operator. What cannot be
//! converted is reported all at once.

mod clean;
mod graph;
mod handlers;
mod import;
mod node;
mod proto;
mod read;
mod rewrites;
mod tensor;

pub use graph::OnnxGraph;
pub use import::Onnx;
pub use node::{NodeAttribute, OnnxNode};
