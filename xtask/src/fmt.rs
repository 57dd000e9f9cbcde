//! `cargo xtask fmt`: formats every Rust file, also those of modules that macros declare, which `cargo fmt` does not find.

use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask fmt`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only tell what is not formatted.
    #[arg(long)]
    check: bool,
}

/// The edition in `Cargo.toml`, which rustfmt alone does not read.
const EDITION: &str = "2024";

/// Files that become Rust when their names are filled in.
const TEMPLATES: &str = "xtask/templates/";

/// Hands all files that git tracks or would track to rustfmt.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut git = Command::new("git");
    git.current_dir(&workspace.root);
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.rs"]);
    let listing = process::output(&mut git)?;
    let is_there = |path: &&str| !path.is_empty() && workspace.root.join(path).is_file();
    let files: Vec<&str> =
        listing.split('\0').filter(is_there).filter(|path| !path.starts_with(TEMPLATES)).collect();
    ensure!(!files.is_empty(), "expected Rust files, found none");
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.current_dir(&workspace.root).args(["--edition", EDITION]);
    rustfmt.args(arguments.check.then_some("--check")).args(files);
    Ok(process::exit_code(process::status(&mut rustfmt)?))
}
