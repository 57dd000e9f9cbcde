//! Writes the generated pages of `docs/reference`, or checks that they are up to date. Run it in the top folder.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use hls4rs_testkit::reference;

/// Write the generated pages of docs/reference, or check that they are up to date. Run it in the top folder.
#[derive(Parser)]
struct Arguments {
    /// Write nothing; name the pages that are stale and exit with status 1.
    #[arg(long)]
    check: bool,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> anyhow::Result<ExitCode> {
    let root = Path::new(".");
    if !Arguments::parse().check {
        for path in reference::write(root)? {
            println!("{path}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let stale = reference::stale(root)?;
    for path in &stale {
        println!("{path}: is stale; `cargo xtask reference` writes it anew");
    }
    Ok(if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
