//! `cargo xtask corpus`: every stage over a folder of archives.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask corpus`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder.
    dir: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Failures to print per stage.
    #[arg(long)]
    failures: Option<usize>,
}

/// Hands the folder to the program in `hls4rs-testkit` and passes its exit code on.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut command = workspace.cargo_run("hls4rs-testkit", "corpus");
    command.arg(&arguments.dir);
    if arguments.json {
        command.arg("--json");
    }
    if let Some(failures) = arguments.failures {
        command.arg("--failures").arg(failures.to_string());
    }
    Ok(process::exit_code(process::status(&mut command)?))
}
