//! `hls4rs demo`: the main job on a model that hls4ml saved.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, ensure};
use hls4rs::archive::read_npz;
use hls4rs::prelude::*;

use super::{diff, inspect};
use crate::input::Reading;
use crate::output;

/// A QKeras network that hls4ml 1.3.0 converted and saved; the goldens' generator makes it.
const GOLDEN: &[u8] = include_bytes!("../../assets/demo.fml");
/// Inputs `x0` for the project that hls4ml compiled from it, and its outputs `y0`.
const RECORDED: &[u8] = include_bytes!("../../assets/demo_io.npz");
/// How often all samples are predicted for a time.
const ROUNDS: u32 = 20;

/// Open a model that hls4ml saved, show it, predict with it, edit it, save it and prove that nothing was lost.
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
        predict()?;

        let (layer, precision) = edited_layer(&model)?;
        let mut edited = model.clone();
        edited.graph.set_precision(&layer, "result", precision)?;
        output::line(format!("\n4. Gave the result of `{layer}` the precision {precision}:\n"))?;
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
            "\n5. Saved it in {:.1} ms and opened it again: equal to the edited model, attribute by attribute and bit by bit.",
            saved.as_secs_f64() * 1e3
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Predicts what hls4ml's compiled project predicted, and compares.
fn predict() -> anyhow::Result<()> {
    let recorded = read_npz("demo_io.npz", RECORDED)?;
    let array = |name| recorded.get(name).with_context(|| format!("expected `{name}`, found none"));
    let (inputs, expected) = (array("x0")?, array("y0")?);
    let samples: Vec<f32> = inputs.view::<f32>()?.iter().copied().collect();
    let samples: Vec<&[f32]> = samples.chunks(samples.len() / inputs.shape()[0]).collect();

    let start = Instant::now();
    let model = Model::from_bytes(GOLDEN, &ReadOptions::default())?;
    let plan = hls4rs::plan(&model)?;
    let mut session = plan.session();
    let mut output = vec![0f32; expected.len() / samples.len()];
    session.predict(&[samples[0]], &mut [&mut output])?;
    let first = start.elapsed();

    let mut found = Vec::new();
    for sample in &samples {
        session.predict(&[sample], &mut [&mut output])?;
        found.extend(output.iter().map(|value| value.to_bits()));
    }
    let expected: Vec<u32> = expected.view::<f32>()?.iter().map(|value| value.to_bits()).collect();
    ensure!(found == expected, "the predictions are not those of hls4ml");

    let start = Instant::now();
    for sample in (0..ROUNDS).flat_map(|_| &samples) {
        session.predict(&[sample], &mut [&mut output])?;
    }
    let each = start.elapsed() / ROUNDS / u32::try_from(samples.len())?;
    output::line(format!(
        "\n3. Predicted what the C++ project that hls4ml compiled from it predicted: all {} values for {} samples are equal, \
         bit for bit.\n   {:.1} ms from the file to the first prediction, then {:.4} ms per sample.",
        expected.len(),
        samples.len(),
        first.as_secs_f64() * 1e3,
        each.as_secs_f64() * 1e3
    ))
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
