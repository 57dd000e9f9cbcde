//! `cargo xtask flows`: every flow over a folder of stages that hls4ml saved.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask flows`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder.
    dir: PathBuf,
    /// Options of the program, such as `--flow convert`, `--only PART`, `--chain`, `--failures N`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

/// Hands the folder to the program of `hls4rs-stages` and passes its exit code on.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut command = workspace.cargo_run("hls4rs-stages", "stages");
    command.arg(&arguments.dir).args(&arguments.options);
    Ok(process::exit_code(process::status(&mut command)?))
}
