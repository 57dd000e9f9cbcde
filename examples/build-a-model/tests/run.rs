//! The example runs, and the archive that it writes holds what it printed.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::process::Command;

#[test]
fn what_is_printed_is_saved() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("three-layers.fml");
    let output = Command::new(env!("CARGO_BIN_EXE_build-a-model")).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let model = hls4rs::open(&path).unwrap();
    assert_eq!(model.graph.verify(), []);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, format!("{}saved to {}\n", model.graph, path.display()));
}

#[test]
fn without_a_path_it_fails() {
    let output = Command::new(env!("CARGO_BIN_EXE_build-a-model")).output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
}
