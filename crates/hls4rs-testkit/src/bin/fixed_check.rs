//! Reads what C++ computed with ap_fixed and ac_fixed from standard input, and prints what comes out otherwise here.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::process::ExitCode;

use clap::Parser;

// The tests of hls4rs-fixed do the same with a small file, and do not depend on this crate, which depends on everything.
#[path = "../../../hls4rs-fixed/tests/recorded/mod.rs"]
mod recorded;

/// Reads what C++ computed with ap_fixed and ac_fixed from standard input, and prints what comes out otherwise here.
#[derive(Parser)]
struct Arguments {
    /// Differences to print.
    #[arg(long, default_value_t = 20)]
    differences: usize,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // results and differences of every operator
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut n_shown = 0;
    for line in std::io::stdin().lock().lines() {
        let record = recorded::Record::parse(&line?).map_err(anyhow::Error::msg)?;
        let differences = record.differences();
        let count = counts.entry(record.op().to_owned()).or_default();
        count.0 += record.len();
        count.1 += differences.len();
        for difference in differences.iter().take(arguments.differences.saturating_sub(n_shown)) {
            println!("{difference}");
            n_shown += 1;
        }
    }
    println!("{:<10} {:>10} {:>11}", "operator", "results", "differences");
    for (op, (results, differences)) in &counts {
        println!("{op:<10} {results:>10} {differences:>11}");
    }
    let results: usize = counts.values().map(|count| count.0).sum();
    let differences: usize = counts.values().map(|count| count.1).sum();
    println!("{:<10} {results:>10} {differences:>11}", "in all");
    Ok(if differences == 0 && results > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
