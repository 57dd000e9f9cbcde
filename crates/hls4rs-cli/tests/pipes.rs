//! What a pipe does that is closed too early, and what every subcommand says about itself.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::io::Read;
use std::process::{Command, Stdio};

use hls4rs_tests::Golden;

fn hls4rs(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hls4rs"));
    command.args(arguments).stdin(Stdio::null());
    command
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let path = Golden::named("qkeras_cnn-vitis-io_stream").path.to_str().unwrap();
    for arguments in [
        &["print", path][..],
        &["inspect", path],
        &["inspect", "--json", path],
        &["kinds"],
        &["kinds", "--json"],
        &["demo"],
        &["repack", path, "-o", "-"],
        &["--help"],
    ] {
        let mut child = hls4rs(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success() && stderr.is_empty(), "{arguments:?}: {status}: {stderr}");
    }
}

#[test]
fn every_subcommand_explains_itself() {
    let help = hls4rs(&["--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let names: Vec<&str> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for command in ["inspect", "verify", "print", "diff", "repack", "kinds", "demo"] {
        assert!(names.contains(&command), "{names:?}");
    }
    for name in names.into_iter().filter(|name| *name != "help") {
        let output = hls4rs(&[name, "--help"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(&format!("Usage: hls4rs {name}")), "{name}: {text}");
    }
}
