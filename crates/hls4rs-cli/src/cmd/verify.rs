//! `hls4rs verify`: everything that is wrong with a model.

use std::process::ExitCode;

use anyhow::Context;
use hls4rs::archive::ManifestCheck;
use hls4rs::prelude::*;
use serde::Serialize;

use crate::input::{Reading, Source};
use crate::output;

/// Check a model: archive, every member against the manifest, connections, attributes, shapes and names. Exit status 1 if there is an error.
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
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let options = reading.options().with_check_structure(false).with_manifest(ManifestCheck::Nothing);
        let archive = self.file.archive(&options)?;
        let mut found = archive.verify().with_context(|| self.file.to_string())?;
        let differing = found.len();
        let listed = archive.manifest().map(|manifest| manifest.members.len());
        let model = archive.into_model().with_context(|| self.file.to_string())?;
        found.extend(model.graph.verify());
        found.extend(model.verify_testbench());
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
            let manifest = match listed {
                Some(listed) if differing == 0 => format!("{listed} members as the manifest says"),
                Some(listed) => format!("{differing} of {listed} members differ from the manifest"),
                None => "no manifest".to_owned(),
            };
            output::line(format!(
                "{}: {} layers, {errors} errors, {warnings} warnings; {manifest}",
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
