//! `hls4rs print`: the whole graph as text.

use std::process::ExitCode;

use crate::input::{Reading, Source};
use crate::output;

/// Print the whole graph as text, one fact a line, for reading and for comparing with `diff`.
#[derive(clap::Args)]
pub(crate) struct Print {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
}

impl Print {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let text = self.file.model(&reading.options())?.graph.to_string();
        output::line(text.trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}
