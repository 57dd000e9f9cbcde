//! `hls4rs retarget`: bring a model to another backend.

use std::path::PathBuf;
use std::process::ExitCode;

use hls4rs::RetargetOptions;

use crate::input::{Reading, Source};
use crate::output;

/// Bring a model to another backend, interface, part or clock.
///
/// An archive that holds the model as its converter handed it over becomes exactly what converting for that backend gives.
#[derive(clap::Args)]
pub(crate) struct Retarget {
    /// The archive; `-` for standard input.
    file: Source,
    /// The backend.
    #[arg(long, value_name = "NAME")]
    backend: String,
    /// How layers pass data: `io_parallel` or `io_stream`; by default as they do now.
    #[arg(long, value_name = "TYPE")]
    io_type: Option<String>,
    /// The FPGA part; by default the backend's.
    #[arg(long)]
    part: Option<String>,
    /// Clock period in nanoseconds; by default the backend's.
    #[arg(long, value_name = "NS")]
    clock_period: Option<f64>,
    /// The archive to write.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

impl Retarget {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let model = self.file.model(&reading.options())?;
        let mut options = RetargetOptions::new(self.backend);
        options.io_type = self.io_type;
        options.part = self.part;
        options.clock_period = self.clock_period;
        let (model, report) = hls4rs::retarget(&model, &options)?;
        for diagnostic in &report.diagnostics {
            output::diagnostic(diagnostic);
        }
        model.save(&self.output)?;
        output::line(format!("{}: {} layers", self.output.display(), model.graph.len()))?;
        Ok(ExitCode::SUCCESS)
    }
}
