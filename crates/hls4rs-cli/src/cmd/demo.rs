//! `hls4rs demo`: the main job on a model that hls4ml saved.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use hls4rs::archive::read_npz;
use hls4rs::backend::configure::Granularity;
use hls4rs::graph::FlowOptions;
use hls4rs::prelude::*;
use hls4rs::{Category, ConfigurationOptions, Conversion};

use super::{diff, inspect};
use crate::input::Reading;
use crate::output;

/// A QKeras network; the goldens' generator makes it.
const SOURCE: &[u8] = include_bytes!("../../assets/demo.h5");
/// What hls4ml 1.3.0 made of it and saved.
const GOLDEN: &[u8] = include_bytes!("../../assets/demo.fml");
/// Inputs `x0` for the project that hls4ml compiled from it, and its outputs `y0`.
const RECORDED: &[u8] = include_bytes!("../../assets/demo_io.npz");
/// How often all samples are predicted for a time.
const ROUNDS: u32 = 20;

/// Convert a QKeras network, save it, predict with it what hls4ml's compiled project predicts, and edit it.
#[derive(clap::Args)]
pub(crate) struct Demo {}

impl Demo {
    /// Runs the command.
    pub(crate) fn run(self, _: &Reading) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir()?;
        let source = folder.path().join("demo.h5");
        fs::write(&source, SOURCE)?;
        let start = Instant::now();
        let Conversion { model, .. } = hls4rs::convert(&source, &arguments(&source)?)?;
        output::line(format!(
            "1. Converted a QKeras network for Vivado: {} bytes of `.h5` in {:.1} ms.\n",
            SOURCE.len(),
            milliseconds(start)
        ))?;
        inspect::show(&hls4rs::inspect(&model))?;
        let errors =
            model.graph.verify().into_iter().filter(|found| found.severity == Severity::Error).count();
        ensure!(errors == 0, "the verifier finds {errors} errors");

        let path = folder.path().join("model.fml");
        let start = Instant::now();
        model.save(&path)?;
        let saved = milliseconds(start);
        let reopened = hls4rs::open(&path)?;
        ensure!(reopened == model, "the reopened model is another one");
        output::line(format!(
            "\n2. Verified it, saved it in {saved:.1} ms and opened it again: equal, attribute by attribute and bit by bit."
        ))?;
        compare(&reopened)?;
        predict(&path)?;
        edit(&model)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The configuration that hls4ml starts from, layer by layer.
fn arguments(source: &Path) -> anyhow::Result<Attributes> {
    let options = ConfigurationOptions {
        granularity: Some(Granularity::Name),
        backend: Some("Vivado".to_owned()),
        ..ConfigurationOptions::default()
    };
    let mut arguments = Attributes::from([("backend", "Vivado"), ("output_dir", "prj")]);
    arguments.insert("hls_config", hls4rs::configuration(source, &options)?);
    Ok(arguments)
}

/// Compares the model with what hls4ml made of the same source.
fn compare(model: &Model) -> anyhow::Result<()> {
    let theirs = Model::from_bytes(GOLDEN, &ReadOptions::default())?;
    let mut ours = model.clone();
    hls4rs::apply_flow(&mut ours.graph, "vivado:ip", &mut FlowOptions::default())?;
    let is_cpp = |place: &str| ["_cpp", "_codegen", "include_header"].iter().any(|end| place.ends_with(end));
    let differences = hls4rs::diff(&theirs, &ours);
    // hls4ml notes shapes of inputs and outputs behind its last flow
    let is_noted = |place: &str| {
        ["config.config.InputShapes", "config.config.OutputShapes"]
            .iter()
            .any(|option| place.starts_with(option))
    };
    let is_else = |place: &str| !is_cpp(place) && !is_noted(place);
    let mut others = differences.iter().filter(|found| found.category != Category::Provenance);
    let other = others.find(|found| is_else(&found.place));
    if let Some(found) = other {
        bail!("hls4ml's model is another one: {found}");
    }
    output::line(format!(
        "\n3. Opened what hls4ml saved after it converted the same network: equal layers, connections, attributes, \
         precisions and weights ({} attributes are text of C++, which only hls4ml writes).",
        differences.iter().filter(|found| is_cpp(&found.place)).count()
    ))
}

/// Edits the model, and shows what differs.
fn edit(model: &Model) -> anyhow::Result<()> {
    let (layer, precision) = edited_layer(model)?;
    let mut edited = model.clone();
    edited.graph.set_precision(&layer, "result", precision)?;
    output::line(format!("\n5. Gave the result of `{layer}` the precision {precision}:\n"))?;
    diff::show(&hls4rs::diff(model, &edited))
}

/// How long ago that was.
fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// Predicts what hls4ml's compiled project predicted, and compares.
fn predict(path: &Path) -> anyhow::Result<()> {
    let recorded = read_npz("demo_io.npz", RECORDED)?;
    let array = |name| recorded.get(name).with_context(|| format!("expected `{name}`, found none"));
    let (inputs, expected) = (array("x0")?, array("y0")?);
    let samples: Vec<f32> = inputs.view::<f32>()?.iter().copied().collect();
    let samples: Vec<&[f32]> = samples.chunks(samples.len() / inputs.shape()[0]).collect();

    let start = Instant::now();
    let model = hls4rs::open(path)?;
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
        "\n4. Predicted what the C++ project that hls4ml compiles from it predicts: all {} values for {} samples are equal, \
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
