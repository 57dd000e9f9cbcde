//! The arithmetic of numbers: what the headers that hls4ml bundles compute is computed again.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Compiles random programs, as many as asked for of every family of types, and checks what they print. Tells whether
/// all of it comes out here, too.
pub(super) fn check(workspace: &Workspace, python: &Path, programs: usize, seed: u64) -> Result<bool> {
    let check = workspace.release_binary("hls4rs-testkit", "fixed_check")?;
    let mut generator = Command::new(python);
    generator.arg(workspace.root.join("tests/python/fixed_conformance.py"));
    generator.args(["--units", &programs.to_string(), "--seed", &seed.to_string()]);
    generator.env("PYTHONDONTWRITEBYTECODE", "1").stdout(Stdio::piped());
    let shown = process::shown(&generator);
    let mut child = generator.spawn().with_context(|| format!("`{shown}`: can not be started"))?;
    let output = child.stdout.take().with_context(|| format!("`{shown}`: no output"))?;
    let checked = process::status(Command::new(check).stdin(output))?;
    let generated = child.wait().with_context(|| shown.clone())?;
    Ok(checked.success() && generated.success())
}
