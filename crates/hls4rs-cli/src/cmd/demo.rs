//! `hls4rs demo`: the main job on a model that hls4ml saved.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::ensure;
use hls4rs::prelude::*;

use super::{diff, inspect};
use crate::input::Reading;
use crate::output;

/// A QKeras network that hls4ml 1.3.0 converted and saved; the goldens' generator makes it.
const GOLDEN: &[u8] = include_bytes!("../../assets/demo.fml");

/// Open a model that hls4ml saved, show it, edit it, save it and prove that nothing was lost.
#[derive(clap::Args)]
pub(crate) struct Demo {}

impl Demo {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let start = Instant::now();
        let model = Model::from_bytes(GOLDEN, &ReadOptions::default())?;
        output::line(format!(
            "1. Opened an archive of hls4ml: {} bytes in {:.1} ms.\n",
            GOLDEN.len(),
            start.elapsed().as_secs_f64() * 1e3
        ))?;
        inspect::show(&hls4rs::inspect(&model))?;

        let errors =
            model.graph.verify().into_iter().filter(|found| found.severity == Severity::Error).count();
        ensure!(errors == 0, "the verifier finds {errors} errors");
        let verbatim = SaveOptions::default().with_plain(true).with_verbatim(true);
        let members = hls4rs::archive::read_members(GOLDEN)?;
        ensure!(model.to_members(&verbatim)? == members, "the repacked archive is another one");
        output::line(format!(
            "\n2. Verified it, and wrote it again: all {} members are equal, byte for byte.",
            members.len()
        ))?;

        let (layer, precision) = edited_layer(&model)?;
        let mut edited = model.clone();
        edited.graph.set_precision(&layer, "result", precision)?;
        output::line(format!("\n3. Gave the result of `{layer}` the precision {precision}:\n"))?;
        let differences = hls4rs::diff(&model, &edited);
        diff::show(&differences)?;

        let folder = tempfile::tempdir()?;
        let path = folder.path().join("edited.fml");
        let start = Instant::now();
        edited.save(&path)?;
        let saved = start.elapsed();
        let reopened = hls4rs::open(&path)?;
        ensure!(reopened == edited, "the reopened model is another one");
        ensure!(
            hls4rs::diff(&model, &reopened) == differences,
            "the reopened model differs in something else"
        );
        output::line(format!(
            "\n4. Saved it in {:.1} ms and opened it again: equal to the edited model, attribute by attribute and bit by bit.",
            saved.as_secs_f64() * 1e3
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The first layer behind the inputs, and its precision with two more fractional bits.
fn edited_layer(model: &Model) -> anyhow::Result<(String, Precision)> {
    for (name, layer) in model.graph.layers().filter(|(_, layer)| layer.kind() != "Input") {
        if let Precision::Fixed(mut fixed) = layer.result_t()?.precision {
            fixed.width += 2;
            return Ok((name.to_owned(), fixed.into()));
        }
    }
    anyhow::bail!("the demonstration's model has no layer with a fixed-point result")
}
