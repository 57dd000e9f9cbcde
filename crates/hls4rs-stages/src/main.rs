//! Runs each flow of a conversion from the stage before it, and prints how many gave the stage behind it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use hls4rs_stages::{Outcome, Selection};

/// Runs each flow of a conversion from the stage before it, and prints how many gave the stage behind it.
#[derive(Parser)]
struct Arguments {
    /// The folder with the cases.
    folder: PathBuf,
    /// Run this flow only.
    #[arg(long)]
    flow: Option<String>,
    /// Look only at cases with this in their path.
    #[arg(long, default_value = "")]
    only: String,
    /// Run all flows one after the other from the parsed graph.
    #[arg(long)]
    chain: bool,
    /// Build the models from what the converter handed over, and save them into this folder, with the recorded outputs of
    /// another one: `cargo xtask conformance --corpus` has hls4ml compile them.
    #[arg(long, value_name = "DIR", requires = "recorded")]
    save: Option<PathBuf>,
    /// The folder with recorded outputs.
    #[arg(long, value_name = "DIR")]
    recorded: Option<PathBuf>,
    /// Cases to print per flow.
    #[arg(long, default_value_t = 5)]
    failures: usize,
    /// Differences to print per case.
    #[arg(long, default_value_t = 8)]
    differences: usize,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let (Some(out), Some(recorded)) = (&arguments.save, &arguments.recorded) {
        let count = hls4rs_stages::save(&arguments.folder, recorded, out, &arguments.only)?;
        println!("{}: {count} models", out.display());
        return Ok(ExitCode::SUCCESS);
    }
    let selection = Selection { flow: arguments.flow, part: arguments.only, chain: arguments.chain };
    let outcomes = hls4rs_stages::run(&arguments.folder, &selection)?;
    for (flow, outcome) in &outcomes {
        for (case, lines) in outcome.failed.iter().take(arguments.failures) {
            println!("{flow}: {case}");
            for line in lines.iter().take(arguments.differences) {
                println!("    {line}");
            }
        }
    }
    for (flow, outcome) in &outcomes {
        for (case, reason) in &outcome.excluded {
            println!("{flow}: {case}: excluded: {reason}");
        }
    }
    println!("{:<28} {:>7} {:>8} {:>7}", "flow", "passed", "excluded", "failed");
    for (flow, outcome) in &outcomes {
        let Outcome { passed, excluded, failed } = outcome;
        println!("{flow:<28} {passed:>7} {:>8} {:>7}", excluded.len(), failed.len());
    }
    let failed: usize = outcomes.values().map(|outcome| outcome.failed.len()).sum();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
