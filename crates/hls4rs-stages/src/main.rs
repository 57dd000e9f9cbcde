//! Runs each flow of a conversion from the stage before it, and prints how many gave the stage behind it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use hls4rs_stages::{Outcome, Retargeted, Selection};

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
    /// Run all flows one after the other from the source, and compare at each stage.
    #[arg(long)]
    source: bool,
    /// Bring the models of one backend to another, `FROM,TO`, and compare with what hls4ml converted for that one.
    #[arg(long, value_name = "FROM,TO")]
    retarget: Option<String>,
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
    if let Some(pair) = &arguments.retarget {
        let pair =
            pair.split_once(',').context("--retarget: expected two backends, such as `Vivado,Vitis`")?;
        let retargeted = hls4rs_stages::retarget(&arguments.folder, pair)?;
        for (case, reason) in &retargeted.refused {
            println!("{case}: not for {}: {reason}", pair.0);
        }
        let Retargeted { outcome, twins, .. } = retargeted;
        println!("{twins} of hls4ml's own conversions for {}", pair.0);
        return Ok(print(&BTreeMap::from([(format!("{} to {}", pair.0, pair.1), outcome)]), &arguments));
    }
    let selection = Selection {
        flow: arguments.flow.clone(),
        part: arguments.only.clone(),
        chain: arguments.chain,
        from_source: arguments.source,
    };
    let outcomes = hls4rs_stages::run(&arguments.folder, &selection)?;
    Ok(print(&outcomes, &arguments))
}

/// Prints the outcomes, and gives the exit code.
#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn print(outcomes: &BTreeMap<String, Outcome>, arguments: &Arguments) -> ExitCode {
    for (flow, outcome) in outcomes {
        for (case, lines) in outcome.failed.iter().take(arguments.failures) {
            println!("{flow}: {case}");
            for line in lines.iter().take(arguments.differences) {
                println!("    {line}");
            }
        }
    }
    for (flow, outcome) in outcomes {
        for (case, reason) in &outcome.excluded {
            println!("{flow}: {case}: excluded: {reason}");
        }
    }
    println!("{:<28} {:>7} {:>8} {:>7}", "flow", "passed", "excluded", "failed");
    for (flow, outcome) in outcomes {
        let Outcome { passed, excluded, failed } = outcome;
        println!("{flow:<28} {passed:>7} {:>8} {:>7}", excluded.len(), failed.len());
    }
    let failed: usize = outcomes.values().map(|outcome| outcome.failed.len()).sum();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
