//! `hls4rs diff`: what differs between two models.

use std::process::ExitCode;

use anyhow::ensure;
use hls4rs::Category;

use crate::input::{Reading, Source};
use crate::output;

/// Compare two models: structure, precisions, weights, attributes, configuration. Exit status 1 if they differ.
///
/// Layout, compression, manifest and version of the archives make no difference: what is compared is the model.
#[derive(clap::Args)]
pub(crate) struct Diff {
    /// The first archive; `-` for standard input.
    #[arg(value_name = "A")]
    before: Source,
    /// The second archive; `-` for standard input.
    #[arg(value_name = "B")]
    after: Source,
    /// Compare archives of older versions as they are, without bringing both up to date first.
    #[arg(long)]
    exact: bool,
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
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let twice = self.before.is_stdin() && self.after.is_stdin();
        ensure!(!twice, "standard input: expected for one of the models, found for both");
        // archives of older versions are brought up to date: a new name for the same thing is no difference
        let options = reading.options().with_migrate(!self.exact);
        let differences = hls4rs::diff(&self.before.model(&options)?, &self.after.model(&options)?);
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
    if differences.is_empty() { output::line("same model") } else { Ok(()) }
}
