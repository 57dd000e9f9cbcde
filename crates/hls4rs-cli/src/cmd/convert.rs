//! `hls4rs convert`: from a source model to an archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use hls4rs::Conversion;
use hls4rs::archive::read_json;
use hls4rs::backend::configure::read_yaml;
use hls4rs::prelude::*;

use crate::input::Reading;
use crate::output;

/// Convert a model of Keras or ONNX for a backend, and save it for hls4ml and for `predict`.
#[derive(clap::Args)]
pub(crate) struct Convert {
    /// The source model: `.h5`, `.keras`, `.json` with weights beside it, or `.onnx`.
    source: PathBuf,
    /// The keyword arguments of hls4ml's converter as JSON, or hls4ml's `hls4ml_config.yml`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The backend; by default that of the configuration, or else Vivado.
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
    /// How layers pass data: `io_parallel` or `io_stream`.
    #[arg(long, value_name = "TYPE")]
    io_type: Option<String>,
    /// The FPGA part.
    #[arg(long)]
    part: Option<String>,
    /// Clock period in nanoseconds.
    #[arg(long, value_name = "NS")]
    clock_period: Option<i64>,
    /// Precision of everything that nothing else is said about, such as `fixed<16,6>`.
    #[arg(long, value_name = "TYPE")]
    precision: Option<String>,
    /// How many times each multiplier is used.
    #[arg(long, value_name = "N")]
    reuse_factor: Option<i64>,
    /// `Latency`, `Resource` or another strategy.
    #[arg(long, value_name = "NAME")]
    strategy: Option<String>,
    /// Name of the project, and of its top function.
    #[arg(long, value_name = "NAME")]
    project_name: Option<String>,
    /// Write the quantizers of QKeras beside the graph, so that hls4ml loads the archive where QKeras is not installed.
    #[arg(long)]
    without_qkeras: bool,
    /// The archive to write.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

impl Convert {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let Conversion { model, diagnostics, .. } = match &self.config {
            Some(path) if is_yaml(path) => self.with_options(path)?,
            path => {
                let arguments = path.as_deref().map(arguments).transpose()?.unwrap_or_default();
                hls4rs::convert(&self.source, &self.added(arguments)?)?
            }
        };
        for diagnostic in &diagnostics {
            output::diagnostic(diagnostic);
        }
        model.save_with(&self.output, &SaveOptions::default().with_without_qkeras(self.without_qkeras))?;
        let (backend, io_type) = (model.graph.config.backend(), model.graph.config.io_type());
        output::line(format!(
            "{}: {} layers for {backend}, {io_type}",
            self.output.display(),
            model.graph.len()
        ))?;
        Ok(ExitCode::SUCCESS)
    }

    /// With hls4ml's own configuration file, which says everything.
    fn with_options(&self, path: &Path) -> anyhow::Result<Conversion> {
        let said =
            [&self.backend, &self.io_type, &self.part, &self.precision, &self.strategy, &self.project_name];
        if said.iter().any(|value| value.is_some())
            || self.reuse_factor.is_some()
            || self.clock_period.is_some()
        {
            bail!(
                "{}: expected no further options beside hls4ml's own configuration, found some",
                path.display()
            );
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let options = read_yaml(&text).with_context(|| path.display().to_string())?;
        Ok(hls4rs::convert_with_options(&self.source, options)?)
    }

    /// The arguments with those of the command line.
    fn added(&self, mut arguments: Attributes) -> anyhow::Result<Attributes> {
        let texts = [
            ("backend", &self.backend),
            ("io_type", &self.io_type),
            ("part", &self.part),
            ("project_name", &self.project_name),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                arguments.insert(name, value.as_str());
            }
        }
        if let Some(period) = self.clock_period {
            arguments.insert("clock_period", period);
        }
        let mut hls = arguments.get("hls_config").and_then(Attribute::as_map).cloned().unwrap_or_default();
        let mut model = hls.get("Model").and_then(Attribute::as_map).cloned().unwrap_or_default();
        for (name, value) in [("Precision", &self.precision), ("Strategy", &self.strategy)] {
            if let Some(value) = value {
                model.insert(name, value.as_str());
            }
        }
        if let Some(factor) = self.reuse_factor {
            model.insert("ReuseFactor", factor);
        }
        hls.insert("Model", model);
        arguments.insert("hls_config", hls);
        Ok(arguments)
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml")
}

/// The arguments in a file.
fn arguments(path: &Path) -> anyhow::Result<Attributes> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    match read_json(&path.display().to_string(), &bytes)? {
        Attribute::Map(arguments) => Ok(arguments),
        other => bail!("{}: expected a map of arguments, found {}", path.display(), other.describe()),
    }
}
