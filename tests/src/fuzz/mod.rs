//! What fuzzing does with an input: one function per target, which asserts what holds for any input.
//!
//! The fuzzer calls the same functions as the smoke tests do, so that both test the same. `cargo xtask fuzz` runs the fuzzer.

mod archive;
mod documents;
mod layer_state;
mod mutate;
mod seeds;
mod sources;

pub use archive::archive;
pub use documents::{npy, precision, python_json};
pub use layer_state::layer_state;
pub use mutate::Mutations;
pub use sources::{keras, keras_h5, onnx};

/// A function that takes any bytes, and inputs to begin with.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the function and of the fuzzer's program.
    pub name: &'static str,
    /// Panics if something does not hold.
    pub run: fn(&[u8]),
    /// Inputs that lead far into the code, made of the goldens.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    Target { name: "archive", run: archive, seeds: seeds::archives },
    Target { name: "npy", run: npy, seeds: seeds::arrays },
    Target { name: "python_json", run: python_json, seeds: seeds::documents },
    Target { name: "precision", run: precision, seeds: seeds::precisions },
    Target { name: "layer_state", run: layer_state, seeds: seeds::layers },
    Target { name: "onnx", run: onnx, seeds: sources::onnx_seeds },
    Target { name: "keras_h5", run: keras_h5, seeds: sources::h5_seeds },
    Target { name: "keras", run: keras, seeds: sources::keras_seeds },
];

/// A message is one line, and cannot do anything to a terminal.
fn check_message(error: &impl std::fmt::Display) {
    let message = error.to_string();
    assert!(!message.contains(char::is_control), "expected one line, found {message:?}");
    assert!(!message.is_empty(), "expected a message, found none");
}
