//! `cargo xtask bless`: all tests, with what they found as the new expectation.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Runs the tests with the switch that rewrites expectations; the change is then shown by `git diff`.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut command = workspace.cargo();
    command.args(["test", "--workspace"]).env("BLESS", "1");
    Ok(process::exit_code(process::status(&mut command)?))
}
