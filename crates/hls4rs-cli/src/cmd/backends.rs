//! `hls4rs backends`: the backends.

use std::process::ExitCode;

use crate::input::Reading;
use crate::output;

/// List the backends, their flows, and whether `predict` computes what their C++ does.
#[derive(clap::Args)]
pub(crate) struct Backends {}

impl Backends {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let rows = hls4rs::BACKENDS.iter().map(|backend| {
            let names: Vec<&str> = backend.flows().iter().map(|flow| flow.name).collect();
            vec![backend.name().to_owned(), backend.saved_flow().name.to_owned(), names.join(", ")]
        });
        output::line(output::table(&["backend", "saved after", "own flows"], &[], rows.collect()))?;
        Ok(ExitCode::SUCCESS)
    }
}
