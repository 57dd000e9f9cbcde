//! Runs every stage over a folder of archives and prints how many passed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use hls4rs_testkit::corpus::{self, Selection};

/// Runs every stage over a folder of archives and prints how many passed.
#[derive(Parser)]
struct Arguments {
    /// The folder.
    corpus: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Failures to print per stage.
    #[arg(long, default_value_t = 10)]
    failures: usize,
    /// Run this stage only.
    #[arg(long)]
    stage: Option<String>,
    /// Look only at archives with this in their path.
    #[arg(long, default_value = "")]
    only: String,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let outcomes =
        corpus::run(&arguments.corpus, &Selection { stage: arguments.stage, part: arguments.only })?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&outcomes)?);
    } else {
        println!(
            "{:<10} {:>7} {:>7} {:>9} {:>7}  shows that",
            "stage", "passed", "failed", "excluded", "total"
        );
        for outcome in &outcomes {
            let failed = outcome.failed.len();
            let (stage, excluded) = (&outcome.stage, outcome.excluded.len());
            let (passed, total, shows) = (outcome.passed, outcome.total, &outcome.shows);
            println!("{stage:<10} {passed:>7} {failed:>7} {excluded:>9} {total:>7}  {shows}");
        }
        for outcome in &outcomes {
            for (case, reason) in outcome.failed.iter().take(arguments.failures) {
                println!("{}: {case}: {reason}", outcome.stage);
            }
            let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
            for (_, reason) in &outcome.excluded {
                *reasons.entry(reason).or_default() += 1;
            }
            for (reason, count) in reasons {
                println!("{}: excluded {count}: {reason}", outcome.stage);
            }
        }
    }
    let failed: usize = outcomes.iter().map(|outcome| outcome.failed.len()).sum();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
