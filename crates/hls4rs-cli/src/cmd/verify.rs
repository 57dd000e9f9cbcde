//! `hls4rs verify`: everything that is wrong with a model.

use std::process::ExitCode;

use hls4rs::prelude::*;
use serde::Serialize;

use crate::input::Source;
use crate::output;

/// Check a model: archive, connections, attributes, shapes and names. Exit status 1 if there is an error.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A finding in its JSON form.
#[derive(Serialize)]
struct Finding<'a> {
    severity: String,
    id: &'a str,
    message: &'a str,
    help: Option<&'a str>,
}

impl Verify {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut options = ReadOptions::default();
        options.check_structure = false;
        let model = self.file.open_with(&options)?;
        let found = model.graph.verify();
        if self.json {
            output::json(&found.iter().map(finding).collect::<Vec<_>>())?;
        } else {
            for diagnostic in &found {
                output::line(diagnostic)?;
                if let Some(help) = &diagnostic.help {
                    output::line(format!("  help: {help}"))?;
                }
            }
            let count = |severity| found.iter().filter(|found| found.severity == severity).count();
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            output::line(format!(
                "{}: {} layers, {errors} errors, {warnings} warnings",
                self.file,
                model.graph.len()
            ))?;
        }
        let is_bad = found.iter().any(|found| found.severity == Severity::Error);
        Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn finding(diagnostic: &Diagnostic) -> Finding<'_> {
    Finding {
        severity: diagnostic.severity.to_string(),
        id: diagnostic.id,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
    }
}
