//! Does a conversion from the source alone predict what hls4ml's compiled project predicted?

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use hls4rs::RetargetOptions;
use hls4rs::archive::read_json;
use hls4rs::graph::{FlowOptions, Preserves};
use hls4rs::prelude::*;

use super::predict::{self, Recorded};
use super::{Case, Verdict};

/// Converts the source of a case with the recorded arguments, and compares the outputs for the recorded inputs.
pub(super) fn convert(case: &Case) -> Result<Verdict> {
    // one archive of a case stands for it; the outputs of one that was changed later are not those of its source
    let changed = case.folder.join("predicted.fml");
    let Some(source) = source(case)?.filter(|_| !changed.exists()) else { return Ok(Verdict::DoesNotApply) };
    let Some(recorded) = Recorded::of(case)? else { return Ok(Verdict::DoesNotApply) };
    let model = match hls4rs::convert(&source, &arguments(case)?) {
        Ok(conversion) => conversion.model,
        Err(error) => return predict::refused(case, error.into()),
    };
    ensure!(model.source.is_some(), "expected a model that keeps what its converter gave");
    predict::agrees(case, &model, &recorded)
}

/// Converts the source of a case for another backend, saves that, brings it to the backend of the case, and compares with the
/// conversion for that backend and with the recorded outputs.
pub(super) fn retarget(case: &Case) -> Result<Verdict> {
    let changed = case.folder.join("predicted.fml");
    let Some(source) = source(case)?.filter(|_| !changed.exists()) else { return Ok(Verdict::DoesNotApply) };
    let Some(recorded) = Recorded::of(case)? else { return Ok(Verdict::DoesNotApply) };
    let arguments = arguments(case)?;
    let direct = hls4rs::convert(&source, &arguments)?.model;
    let target = direct.graph.config.backend().to_owned();
    let Some((_, from)) = FROM.iter().find(|(to, _)| *to == target) else { return Ok(Verdict::DoesNotApply) };
    let mut others = arguments;
    others.insert("backend", *from);
    others.remove("part");
    let Ok(other) = hls4rs::convert(&source, &others) else { return Ok(Verdict::DoesNotApply) };
    let saved = other.model.to_bytes(&SaveOptions::default())?;
    let other = Model::from_bytes(&saved, &ReadOptions::default())?;
    let mut options = RetargetOptions::new(&target);
    let given = &direct.graph.config.options;
    if let Some(part) = given.get("Part").and_then(Attribute::as_str) {
        options = options.with_part(part);
    }
    if let Some(period) = given.get("ClockPeriod").and_then(Attribute::as_float) {
        options = options.with_clock_period(period);
    }
    let (model, _) = hls4rs::retarget(&other, &options)?;
    let states = |model: &Model| -> Vec<(String, Attributes)> {
        let layers = model.graph.layers();
        layers.map(|(name, layer)| (name.to_owned(), layer.state().attributes.clone())).collect()
    };
    ensure!(states(&model) == states(&direct), "from {from}: expected the layers that converting gives");
    predict::agrees(case, &model, &recorded)
}

/// Converts the source of a case without each pass that was applied and that keeps bits, one at a time, and compares the
/// predictions. A model that cannot be converted or predicted without a pass says nothing of it.
pub(super) fn passes(case: &Case) -> Result<Verdict> {
    let changed = case.folder.join("predicted.fml");
    let Some(source) = source(case)?.filter(|_| !changed.exists()) else { return Ok(Verdict::DoesNotApply) };
    let Some(recorded) = Recorded::of(case)? else { return Ok(Verdict::DoesNotApply) };
    let model = hls4rs::convert(&source, &arguments(case)?)?.model;
    let list = model.source.clone().context("expected a model that keeps what its converter gave")?;
    let Ok(expected) = recorded.emulated(&model) else { return Ok(Verdict::DoesNotApply) };
    let applied: Vec<&String> =
        model.graph.applied_flows().iter().flat_map(|group| group.values().flatten()).collect();
    let backend = hls4rs::expect_backend(model.graph.config.backend())?;
    let flows = hls4rs::passes::FLOWS.iter().chain(backend.flows());
    let steps = flows
        .flat_map(|flow| flow.steps)
        .filter(|step| step.pass.spec().preserves == Preserves::Bits && applied.contains(&&step.record()));
    let mut compared = 0;
    let mut different = Vec::new();
    for step in steps {
        let without = [step.pass.spec().name];
        let mut options = FlowOptions { without: &without, ..FlowOptions::default() };
        let Ok((other, _)) = hls4rs::build_with(list.clone(), &mut options) else { continue };
        let Ok(found) = recorded.emulated(&other) else { continue };
        compared += 1;
        if found != expected {
            different.push(step.pass.spec().name);
        }
    }
    // what a pass keeps it keeps of models whose precisions are set
    if !different.is_empty() && list.options.get("HLSConfig").is_some_and(has_auto) {
        let passes = different.join(", ");
        return Ok(Verdict::Excluded(format!(
            "precisions are `auto`, and derived otherwise without {passes}"
        )));
    }
    ensure!(
        different.is_empty(),
        "without these passes other values are predicted: {}",
        different.join(", ")
    );
    Ok(if compared == 0 { Verdict::DoesNotApply } else { Verdict::Passed })
}

/// Whether a precision is left to the passes.
fn has_auto(value: &Attribute) -> bool {
    match value {
        Attribute::Map(map) => map.iter().any(|(_, value)| has_auto(value)),
        other => other.as_str() == Some("auto"),
    }
}

/// Backends, and those that their models are converted for before.
const FROM: &[(&str, &str)] = &[
    ("Vivado", "Vitis"),
    ("Vitis", "Vivado"),
    ("Quartus", "Vitis"),
    ("oneAPI", "Quartus"),
    ("Catapult", "Quartus"),
];

/// The arguments of the converter that were recorded.
fn arguments(case: &Case) -> Result<Attributes> {
    let path = case.folder.join("config.json");
    let text = fs::read(&path).with_context(|| path.display().to_string())?;
    match read_json("config.json", &text)? {
        Attribute::Map(arguments) => Ok(arguments),
        found => bail!("config.json: expected a map of arguments, found {}", found.describe()),
    }
}

/// The source model, if a front end reads it. Where a folder has several archives, the last graph stands for the source.
fn source(case: &Case) -> Result<Option<PathBuf>> {
    if case.is_on_the_way() {
        return Ok(None);
    }
    let entries = fs::read_dir(&case.folder)?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    Ok(source_in(&paths))
}

/// The source model among the files of a folder, if a front end reads it.
pub(super) fn source_in(paths: &[PathBuf]) -> Option<PathBuf> {
    let is_source = |path: &&PathBuf| {
        path.file_stem().is_some_and(|stem| stem == "source") && hls4rs::front_end(path).is_some()
    };
    paths.iter().filter(is_source).min().cloned()
}
