//! `hls4rs inspect`: a model at a glance.

use std::process::ExitCode;

use anyhow::Context;
use hls4rs::{LayerSummary, ModelSummary, PortSummary};

use crate::input::{Reading, Source};
use crate::output;

/// Show a model at a glance: layers, shapes, precisions, parameters, reuse factors, strategies.
#[derive(clap::Args)]
pub(crate) struct Inspect {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
    /// Count zeros also in models of more than a million parameters, which takes as long as to load them.
    #[arg(long)]
    zeros: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Weights are loaded, to count zeros in them, up to this number.
const FEW: usize = 1_000_000;

impl Inspect {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let archive = self.file.archive(&reading.options())?;
        let model = archive.into_model().with_context(|| self.file.to_string())?;
        let mut summary = hls4rs::inspect(&model);
        if summary.n_zeros.is_none() && (self.zeros || summary.n_parameters <= FEW) {
            model.load().with_context(|| self.file.to_string())?;
            summary = hls4rs::inspect(&model);
        }
        if self.json {
            output::json(&summary)?;
        } else {
            show(&summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints the summary for people.
pub(super) fn show(summary: &ModelSummary) -> anyhow::Result<()> {
    let clock = summary.clock_period_ns.map_or("no clock".to_owned(), |period| format!("{period} ns"));
    let part = summary.part.as_deref().unwrap_or("no part");
    let ModelSummary { project, backend, io_type, .. } = summary;
    output::line(format!("{project}: {backend} {io_type}, {part}, {clock}"))?;
    output::line(format!(
        "hls4ml {}, format {}, {} layers, {} parameters, {}",
        summary.hls4ml_version,
        summary.format_version,
        summary.layers.len(),
        summary.n_parameters,
        summary.n_zeros.map_or("zeros not counted".to_owned(), |zeros| format!("{zeros} of them zero"))
    ))?;
    output::line(format!("inputs   {}", ports(&summary.inputs)))?;
    output::line(format!("outputs  {}", ports(&summary.outputs)))?;
    output::line(format!("flows    {}", or_none(&summary.applied_flows)))?;
    if summary.provenance.len() > 1 {
        output::line(format!("history  {}", summary.provenance.join(", ")))?;
    }
    if !summary.extra_members.is_empty() {
        output::line(format!("beside   {}", summary.extra_members.join(", ")))?;
    }
    output::line("")?;
    let titles = [
        "layer",
        "kind",
        "inputs",
        "shape",
        "result",
        "weight",
        "bias",
        "accumulator",
        "parameters",
        "zeros",
        "reuse",
        "strategy",
    ];
    output::line(output::table(&titles, &[8, 9, 10], summary.layers.iter().map(row).collect()))
}

fn row(layer: &LayerSummary) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let count = |count: usize| if layer.n_parameters == 0 { String::new() } else { count.to_string() };
    vec![
        layer.name.clone(),
        layer.kind.clone(),
        layer.inputs.join(", "),
        layer.shape.as_deref().map(shape).unwrap_or_default(),
        text(&layer.result),
        text(&layer.weight),
        text(&layer.bias),
        text(&layer.accumulator),
        count(layer.n_parameters),
        layer.n_zeros.map_or("?".to_owned(), count),
        layer.reuse_factor.map(|factor| factor.to_string()).unwrap_or_default(),
        text(&layer.strategy),
    ]
}

fn ports(ports: &[PortSummary]) -> String {
    let shown = ports.iter().map(|port| {
        let dimensions = port.shape.as_deref().map(shape).unwrap_or_default();
        format!("{} {dimensions} {}", port.name, port.precision.as_deref().unwrap_or("?"))
    });
    or_none(&shown.collect::<Vec<_>>())
}

fn shape(dimensions: &[i64]) -> String {
    dimensions.iter().map(i64::to_string).collect::<Vec<_>>().join("×")
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
