//! `hls4rs config`: the configuration that a conversion starts from.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use hls4rs::ConfigurationOptions;
use hls4rs::backend::configure::Granularity;
use hls4rs::prelude::*;

use crate::input::Reading;
use crate::output;

/// Write the configuration that a conversion starts from: every key that the layers of a source have, with its default.
#[derive(clap::Args)]
pub(crate) struct Config {
    /// The source model: `.h5`, `.keras`, `.json` with weights beside it, or `.onnx`.
    source: PathBuf,
    /// What there are entries for: the whole model, each kind of layer, or each layer; by default as hls4ml does it, by name
    /// for ONNX and for the model otherwise.
    #[arg(long, value_enum)]
    granularity: Option<Entries>,
    /// The backend; its keys are among those of the layers.
    #[arg(long, value_name = "NAME", default_value = "Vivado")]
    backend: String,
    /// How layers pass data: `io_parallel` or `io_stream`.
    #[arg(long, value_name = "TYPE", default_value = "io_parallel")]
    io_type: String,
    /// Precision of everything that nothing else is said about.
    #[arg(long, value_name = "TYPE", default_value = "fixed<16,6>")]
    precision: String,
    /// The largest precision that is inferred.
    #[arg(long, value_name = "TYPE")]
    max_precision: Option<String>,
    /// How many times each multiplier is used.
    #[arg(long, value_name = "N", default_value_t = 1)]
    reuse_factor: i64,
    /// The file to write, for `convert --config`; by default it is printed.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// What there are entries for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Entries {
    Model,
    Type,
    Name,
}

impl Config {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let granularity = self.granularity.map(|entries| match entries {
            Entries::Model => Granularity::Model,
            Entries::Type => Granularity::Type,
            Entries::Name => Granularity::Name,
        });
        let backend = hls4rs::expect_backend(&self.backend)?.name();
        let options = ConfigurationOptions {
            granularity,
            backend: Some(backend.to_owned()),
            precision: Some(self.precision),
            reuse_factor: Some(self.reuse_factor),
            max_precision: self.max_precision,
        };
        let mut arguments = Attributes::from([("backend", backend), ("io_type", &self.io_type)]);
        arguments.insert("hls_config", hls4rs::configuration(&self.source, &options)?);
        let text = serde_json::to_string_pretty(&arguments)?;
        match &self.output {
            Some(path) => fs::write(path, text + "\n").with_context(|| path.display().to_string())?,
            None => output::line(text)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
