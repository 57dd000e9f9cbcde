//! `hls4rs diff`: what differs between two models.

use std::process::ExitCode;

use anyhow::ensure;
use hls4rs::Category;

use crate::input::Source;
use crate::output;

/// Compare two models: structure, precisions, weights, attributes, configuration. Exit status 1 if they differ.
#[derive(clap::Args)]
pub(crate) struct Diff {
    /// The first archive; `-` for standard input.
    #[arg(value_name = "A")]
    before: Source,
    /// The second archive; `-` for standard input.
    #[arg(value_name = "B")]
    after: Source,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

const TITLES: [(Category, &str); 6] = [
    (Category::Structure, "structure"),
    (Category::Precision, "precisions"),
    (Category::Weights, "weights"),
    (Category::Attribute, "attributes"),
    (Category::Configuration, "configuration"),
    (Category::Provenance, "provenance"),
];

impl Diff {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let twice = self.before.is_stdin() && self.after.is_stdin();
        ensure!(!twice, "standard input: expected for one of the models, found for both");
        let differences = hls4rs::diff(&self.before.open()?, &self.after.open()?);
        if self.json {
            output::json(&differences)?;
        } else {
            show(&differences)?;
        }
        Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Prints the differences by category.
pub(super) fn show(differences: &[hls4rs::Difference]) -> anyhow::Result<()> {
    for (category, title) in TITLES {
        let mut of_category =
            differences.iter().filter(|difference| difference.category == category).peekable();
        if of_category.peek().is_some() {
            output::line(format!("{title}:"))?;
        }
        for difference in of_category {
            output::line(format!("  {difference}"))?;
        }
    }
    if differences.is_empty() { output::line("no differences") } else { Ok(()) }
}
