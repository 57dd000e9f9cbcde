//! `hls4rs flow`: apply flows of passes to a model.

use std::path::PathBuf;
use std::process::ExitCode;

use hls4rs::graph::FlowOptions;
use hls4rs::prelude::*;

use crate::input::{Reading, Source};
use crate::output;

/// Apply flows of passes to a model, and save what comes of it.
#[derive(clap::Args)]
pub(crate) struct Flow {
    /// The archive; `-` for standard input.
    file: Source,
    /// The last flow to apply, such as `convert` or `vivado:optimize`, after those that it requires; by default the flow up to
    /// which hls4rs saves a model of its backend.
    #[arg(long, value_name = "FLOW")]
    until: Option<String>,
    /// Apply flows again that the model has been through.
    #[arg(long)]
    again: bool,
    /// Print the graph each time this pass has changed it; may be given several times. `all` stands for every pass.
    #[arg(long, value_name = "PASS")]
    print_after: Vec<String>,
    /// The archive to write.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Flow {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let mut model = self.file.model(&reading.options())?;
        let backend = hls4rs::expect_backend(model.graph.config.backend())?;
        let flow = self.until.as_deref().unwrap_or(backend.saved_flow().name).to_owned();
        let mut printed = Ok(());
        let mut print = |pass: &str, layer: Option<&str>, graph: &ModelGraph| {
            let is_wanted = |wanted: &String| wanted == "all" || names(wanted, pass);
            if printed.is_ok() && self.print_after.iter().any(is_wanted) {
                let place = layer.map(|layer| format!(" at `{layer}`")).unwrap_or_default();
                printed = output::line(format!("after `{pass}`{place}:\n{graph}"));
            }
        };
        let mut options =
            FlowOptions { after_pass: Some(&mut print), again: self.again, ..FlowOptions::default() };
        let report = hls4rs::apply_flow(&mut model.graph, &flow, &mut options)?;
        printed?;
        for diagnostic in &report.diagnostics {
            output::diagnostic(diagnostic);
        }
        for (flow, passes) in &report.applied {
            let passes = if passes.is_empty() { "nothing to do".to_owned() } else { passes.join(", ") };
            output::line(format!("{flow}: {passes}"))?;
        }
        if report.applied.is_empty() {
            output::line(format!("{flow}: applied before"))?;
        }
        if let Some(output) = &self.output {
            model.save(output)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether a name that a user gave is that of a pass in the record: with or without backend, with `-` or `_`.
fn names(wanted: &str, pass: &str) -> bool {
    let plain = |name: &str| name.replace('-', "_");
    let (wanted, pass) = (plain(wanted), plain(pass));
    wanted == pass || pass.rsplit(':').next() == Some(wanted.as_str())
}
