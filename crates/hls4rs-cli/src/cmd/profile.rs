//! `hls4rs profile`: which types are too narrow, and which are wider than needed.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use hls4rs::{Ledger, LedgerEntry, PredictOptions};

use super::predict;
use crate::input::{Reading, Source};
use crate::output;

/// Show what happens to the numbers of a model: per type of each layer, how many values wrapped, saturated or were rounded,
/// the largest one, and the width that would have sufficed.
#[derive(clap::Args)]
pub(crate) struct Profile {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
    /// The inputs, as `hls4rs predict` takes them.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
}

impl Profile {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let options = PredictOptions::default().with_ledger(true);
        let plan = predict::plan(&self.file, reading)?;
        let inputs = predict::inputs(&plan, &self.input)?;
        let prediction = plan.predict(&inputs, options).with_context(|| self.input.display().to_string())?;
        if let Some(ledger) = &prediction.ledger {
            show(ledger, Rows::All)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Which entries of a ledger are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// All.
    All,
    /// Those with values that lost something.
    Lossy,
}

/// Prints a ledger.
pub(super) fn show(ledger: &Ledger, rows: Rows) -> anyhow::Result<()> {
    let is_shown = |entry: &&LedgerEntry| {
        let lost = entry.wrapped + entry.saturated + entry.rounded;
        entry.values > 0 && (rows == Rows::All || lost > 0)
    };
    let rows: Vec<Vec<String>> = ledger.entries.iter().filter(is_shown).map(row).collect();
    if rows.is_empty() {
        return output::line("no value lost anything");
    }
    let titles = [
        "layer",
        "type of",
        "type",
        "values",
        "wrapped",
        "saturated",
        "rounded",
        "first sample",
        "largest",
        "width needed",
    ];
    output::line(output::table(&titles, &[3, 4, 5, 6, 7, 8, 9], rows))
}

fn row(entry: &LedgerEntry) -> Vec<String> {
    vec![
        entry.layer.clone(),
        entry.slot.clone(),
        entry.format.to_string(),
        entry.values.to_string(),
        entry.wrapped.to_string(),
        entry.saturated.to_string(),
        entry.rounded.to_string(),
        entry.first_sample.map_or_else(|| "-".to_owned(), |sample| sample.to_string()),
        entry.largest.to_string(),
        entry.sufficient_width().to_string(),
    ]
}
