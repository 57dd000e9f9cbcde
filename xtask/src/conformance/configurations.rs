//! Configurations to start from: does `hls4rs config` write what hls4ml does?

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::python::{self, Suite};
use crate::workspace::Workspace;

/// The endings of sources, with the environment that reads them.
const KINDS: [(&str, Suite); 3] = [("h5", Suite::Keras), ("keras", Suite::Keras3), ("onnx", Suite::Onnx)];

/// Compares the configurations for all sources in the folders below one.
pub(super) fn check(workspace: &Workspace, folder: &Path) -> Result<bool> {
    let hls4rs = workspace.release_binary("hls4rs-cli", "hls4rs")?;
    let mut agree = true;
    for (kind, suite) in KINDS {
        let mut command = Command::new(python::interpreter(workspace, suite)?);
        command.arg(workspace.root.join("tests/python/configurations.py"));
        command.arg("--hls4rs").arg(&hls4rs).args(["--kind", kind]).arg(folder);
        agree &= process::status(command.env("PYTHONDONTWRITEBYTECODE", "1"))?.success();
    }
    Ok(agree)
}
