//! `cargo xtask reference`: the generated pages of `docs/reference`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask reference`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a page is not what would be written.
    #[arg(long)]
    check: bool,
}

/// Runs the generator in `hls4rs-testkit` from the top folder and passes its exit code on.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut command = workspace.cargo_run("hls4rs-testkit", "reference");
    command.current_dir(&workspace.root);
    if arguments.check {
        command.arg("--check");
    }
    Ok(process::exit_code(process::status(&mut command)?))
}
