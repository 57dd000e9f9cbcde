//! `hls4rs doctor`: what of a source model cannot be converted.

use std::path::PathBuf;
use std::process::ExitCode;

use hls4rs::graph::Severity;

use crate::input::Reading;
use crate::output;

/// Say everything of a source model that cannot be converted, and what to do about it, without converting it.
#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// The source model: `.h5`, `.keras`, `.json` with weights beside it, or `.onnx`.
    source: PathBuf,
}

impl Doctor {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let found = hls4rs::doctor(&self.source)?;
        for diagnostic in &found {
            output::line(diagnostic)?;
            if let Some(help) = &diagnostic.help {
                output::line(format!("  help: {help}"))?;
            }
        }
        let errors = found.iter().filter(|found| found.severity == Severity::Error).count();
        let place = self.source.display();
        match errors {
            0 => output::line(format!("{place}: can be converted"))?,
            1 => output::line(format!("{place}: one problem"))?,
            many => output::line(format!("{place}: {many} problems"))?,
        }
        Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
