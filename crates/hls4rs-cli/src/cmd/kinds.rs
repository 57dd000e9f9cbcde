//! `hls4rs kinds`: the kinds of layers that are known.

use std::process::ExitCode;

use hls4rs::layers::layers::LAYERS;
use serde::Serialize;

use crate::input::Reading;
use crate::output;

/// List the kinds of layers that are known.
#[derive(clap::Args)]
pub(crate) struct Kinds {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A kind in its JSON form.
#[derive(Serialize)]
struct Kind {
    kind: &'static str,
    class_name: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
}

impl Kinds {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let kinds = LAYERS.iter().map(|spec| Kind {
            kind: spec.kind,
            class_name: spec.class_name,
            aliases: spec.aliases,
            summary: spec.summary.trim(),
        });
        if self.json {
            output::json(&kinds.collect::<Vec<_>>())?;
        } else {
            let rows = kinds
                .map(|kind| vec![kind.kind.to_owned(), kind.class_name.to_owned(), kind.summary.to_owned()]);
            output::line(output::table(&["kind", "class", "summary"], &[], rows.collect()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
