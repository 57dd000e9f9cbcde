//! The test suites: one module each. `cargo test -p hls4rs-tests goldens` runs one of them.

mod bad_input;
mod build;
mod config;
mod conversion;
mod diff;
mod edit;
mod fuzz;
mod goldens;
mod import;
mod lazy;
mod limits;
mod migrations;
mod onnx;
mod onnx_layers;
mod predict;
mod repairs;
mod roundtrip;
mod saving;
mod sources;
mod spec;
mod specialized;
mod testbench;
