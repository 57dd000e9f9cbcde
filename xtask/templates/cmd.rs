//! `hls4rs @KEBAB@`: what the command is for, in one sentence.

use std::process::ExitCode;

use crate::input::Source;
use crate::output;

/// What the command is for, in one sentence.
#[derive(clap::Args)]
pub(crate) struct @NAME@ {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
}

impl @NAME@ {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let model = self.file.open()?;
        output::line(format!("{} layers", model.graph.len()))?;
        Ok(ExitCode::SUCCESS)
    }
}
