//! Importer of Keras models: from `.h5` and `.keras` to a list of layers, without TensorFlow.
//!
//! A file is data: nothing in it is executed, and a layer of an unknown class is a finding.

mod architecture;
mod config;
mod container;
mod h5;
mod import;
mod v2;
mod v3;
mod weights;

pub use import::Keras;
