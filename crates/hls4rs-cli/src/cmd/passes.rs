//! `hls4rs passes`: the passes, by flow.

use std::process::ExitCode;

use hls4rs::graph::{Flow, Preserves};

use crate::input::Reading;
use crate::output;

/// List the flows and their passes, in the order in which they are tried.
#[derive(clap::Args)]
pub(crate) struct Passes {
    /// Only the flows of this backend, and those that all backends share.
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
}

impl Passes {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let mut flows: Vec<&Flow> = hls4rs::passes::FLOWS.to_vec();
        match &self.backend {
            Some(name) => flows.extend(needed(hls4rs::expect_backend(name)?.default_flow())),
            None => flows.extend(hls4rs::BACKENDS.iter().flat_map(|backend| backend.flows())),
        }
        let mut rows = Vec::new();
        for (i, flow) in flows.iter().enumerate() {
            if flows[..i].iter().any(|before| before.name == flow.name) {
                continue;
            }
            for step in flow.steps {
                let spec = step.pass.spec();
                let keeps = match spec.preserves {
                    Preserves::Bits => "bits",
                    Preserves::Shapes => "shapes",
                    Preserves::Nothing => "",
                };
                let cells = [flow.name, spec.name, keeps, spec.summary];
                rows.push(cells.map(str::to_owned).to_vec());
            }
        }
        output::line(output::table(&["flow", "pass", "keeps", "summary"], &[], rows))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A flow and those that it requires, in the order in which they are applied.
fn needed(flow: &'static Flow) -> Vec<&'static Flow> {
    let mut flows: Vec<&Flow> = flow.requires.iter().flat_map(|required| needed(required)).collect();
    flows.push(flow);
    flows
}
