//! `hls4rs testbench`: data for the simulation of the generated project.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use hls4rs::archive::Testbench as Side;
use hls4rs::prelude::*;

use crate::input::{Reading, Source};
use crate::output;

/// List, check, pack or restore testbench data: inputs of a simulation and the outputs that are expected.
///
/// Data is a `.npy` or `.dat` file with a row per sample: all inputs, or all outputs, flattened and side by side.
/// hls4ml up to 1.3.0 loses the data when it saves, and then cannot load the archive.
#[derive(clap::Args)]
pub(crate) struct Testbench {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
    /// Inputs to pack; needs `--output`.
    #[arg(long, value_name = "DATA", requires = "output")]
    input_data: Option<PathBuf>,
    /// Expected outputs to pack; needs `--output`.
    #[arg(long, value_name = "DATA", requires = "output")]
    output_data: Option<PathBuf>,
    /// The archive to write with the packed data. A file that exists is replaced, at once and only by a whole one.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Write the packed data into this folder.
    #[arg(long, value_name = "DIR")]
    restore: Option<PathBuf>,
}

impl Testbench {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let mut model = self.file.model(&reading.options())?;
        for (side, data) in [(Side::Input, &self.input_data), (Side::Output, &self.output_data)] {
            if let Some(data) = data {
                model.pack_testbench(side, data)?;
            }
        }
        if let Some(out) = &self.output {
            let is_given = self.input_data.is_some() || self.output_data.is_some();
            ensure!(
                is_given,
                "--output: expected data to pack, found neither --input-data nor --output-data"
            );
            model.save_with(out, &SaveOptions::default().with_json(reading.options().limits.json))?;
        }
        if let Some(folder) = &self.restore {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            for path in model.restore_testbench(folder)? {
                output::line(path.display())?;
            }
        } else {
            for (_, name, bytes) in model.testbench() {
                output::line(format!("{name}: {} bytes", bytes.len()))?;
            }
            if model.testbench().next().is_none() {
                output::line("no testbench data")?;
            }
        }
        let found = model.verify_testbench();
        for diagnostic in &found {
            output::line(diagnostic)?;
        }
        let is_bad = found.iter().any(|found| found.severity == Severity::Error);
        Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
