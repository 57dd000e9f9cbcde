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
    /// Run this stage only.
    #[arg(long)]
    stage: Option<String>,
    /// Look only at archives with this in their path.
    #[arg(long)]
    only: Option<String>,
}

/// Hands the folder to the program in `hls4rs-testkit` and passes its exit code on.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut command = workspace.cargo_run("hls4rs-testkit", "corpus");
    command.arg(&arguments.dir);
    if arguments.json {
        command.arg("--json");
    }
    let failures = arguments.failures.map(|failures| failures.to_string());
    let options = [("--failures", &failures), ("--stage", &arguments.stage), ("--only", &arguments.only)];
    for (option, value) in options {
        if let Some(value) = value {
            command.arg(option).arg(value);
        }
    }
    Ok(process::exit_code(process::status(&mut command)?))
}
