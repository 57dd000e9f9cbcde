//! Sources: imported and brought through all flows, and those that hls4ml refuses.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hls4rs::prelude::*;

use crate::run::{Outcome, Stage, step};
use crate::{arguments, differences};

/// Reasons for which hls4ml refuses a source that we take, with why: a part of what it says, and why ours is well defined.
const TAKEN: &[(&str, &str)] = &[
    (
        "access local variable 'out_0'",
        "Catapult's template for the code of recurrent layers forgets a variable; the graph before it is sound",
    ),
    (
        "alpha_name = node.get_attr('name') + '_alpha'",
        "the second half of a separable convolution has no entry `name`; ours is named as those of other convolutions",
    ),
    (
        "channels_first not supported for oneAPI",
        "refused where the code is written, which hls4rs does not do; the graph is that of the other backends",
    ),
    (
        "assert k.ndim == lk.ndim == i.ndim == li.ndim == f.ndim == lf.ndim",
        "behind functions that it has no bits for, the signs are taken for a shape; ours is what other functions have",
    ),
    ("k = np.ones(k, dtype=np.int16)", "the same where there is more than one sign"),
    (
        "add_weights_variable(name=f'{dir}_recurrent_bias'",
        "of Keras 3 it takes the two biases of a GRU in both directions for one; ours are those of Keras 2",
    ),
    (
        "'IsolatedLayerReader' object has no attribute 'config'",
        "of Keras 3 it cannot read the weights of a wrapped layer; ours are those of Keras 2",
    ),
];

/// What we refuse and hls4ml converts to something else than the source, without a word: a part of our message, and what it does.
const REFUSED: &[(&str, &str)] = &[
    ("`groups`: expected 1", "hls4ml forgets the groups, and reads more weights than there are"),
    ("`reset_after`: expected true", "hls4ml takes the first two numbers of the bias for two biases"),
    ("an output whose layer is left out", "hls4ml makes a model without outputs"),
];

/// Notes that a source was not imported.
pub(crate) fn note_refused(outcome: &mut Outcome, name: &str, error: &anyhow::Error) {
    let message = format!("error: {error:#}");
    match REFUSED.iter().find(|(part, _)| message.contains(part)) {
        Some((_, reason)) => outcome.excluded.push((name.to_owned(), reason)),
        None => outcome.failed.push((name.to_owned(), vec![message])),
    }
}

/// The source model of a case, if a front end reads it.
pub(crate) fn source(case: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(case).ok()?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut sources: Vec<PathBuf> =
        entries.filter(|path| path.file_stem().is_some_and(|stem| stem == "source")).collect();
    sources.sort();
    sources.into_iter().find(|path| hls4rs::front_end(path).is_some())
}

/// The source with these options, before any flow.
pub(crate) fn imported(source: &Path, options: Attributes) -> Result<Model> {
    let imported = hls4rs::import(source, &options)?;
    let errors: Vec<String> = imported.findings.iter().map(|found| found.message.clone()).collect();
    ensure!(!imported.findings.has_errors(), "{}", errors.join("; "));
    let list = hls4rs::layer_list(imported, options);
    let name = list.options.get("Backend").and_then(Attribute::as_str).unwrap_or("Vivado");
    let backend = hls4rs::expect_backend(name)?;
    Ok(Model::new(list.build(backend.default_flow().name, Some(backend))?))
}

/// Compares the source, imported with the options of the parsed graph, with that graph. If hls4ml could not save it, both are
/// compared behind the first flow where it could.
pub(crate) fn import(
    case: &Path,
    name: &str,
    stages: &[Stage],
    outcomes: &mut BTreeMap<String, Outcome>,
) -> Result<()> {
    let saved = stages.iter().enumerate().find_map(|(place, stage)| Some((place, stage.file.as_ref()?)));
    let (Some(source), Some((place, file))) = (source(case), saved) else { return Ok(()) };
    let expected = Model::open(case.join(file)).with_context(|| file.clone())?;
    let options = options(case, stages)?;
    let flows = stages.iter().take(place + 1).skip(1);
    let found = imported(&source, options)
        .and_then(|model| flows.into_iter().try_fold(model, |model, stage| step(model, &stage.flow)));
    let outcome = outcomes.entry("import".to_owned()).or_default();
    match found {
        Ok(model) => {
            let mut model = Model { source: expected.source.clone(), ..model };
            outcome.add(name, differences(&mut model, expected, None)?);
        }
        Err(error) => note_refused(outcome, name, &error),
    }
    Ok(())
}

/// The options of the parsed graph, or if it was not saved, those that the arguments give.
fn options(case: &Path, stages: &[Stage]) -> Result<Attributes> {
    match stages.first().and_then(|stage| stage.file.as_ref()) {
        Some(file) => Ok(Model::open(case.join(file))?.graph.config.options.clone()),
        None => Ok(arguments::options(case)?.0),
    }
}

/// Whether a source that hls4ml does not convert is refused here, too: by the conversion, or as nothing that can be predicted.
/// What failed before hls4ml converted it is not looked at.
pub(crate) fn refused(case: &Path, name: &str, outcomes: &mut BTreeMap<String, Outcome>) -> Result<()> {
    let Ok(text) = fs::read_to_string(case.join("failed.txt")) else { return Ok(()) };
    let Some(source) = source(case).filter(|_| text.starts_with("convert\n")) else { return Ok(()) };
    let outcome = outcomes.entry("refused".to_owned()).or_default();
    let arguments = arguments::of(case)?.1;
    // nothing can be predicted for oneAPI
    let has_plan = |model: &Model| model.graph.config.backend() == "oneAPI" || hls4rs::plan(model).is_ok();
    if !hls4rs::convert(&source, &arguments).is_ok_and(|conversion| has_plan(&conversion.model)) {
        outcome.passed += 1;
    } else if let Some((_, reason)) = TAKEN.iter().find(|(part, _)| text.contains(part)) {
        outcome.excluded.push((name.to_owned(), reason));
    } else {
        let last = text.lines().last().unwrap_or_default();
        outcome.failed.push((name.to_owned(), vec![format!("expected an error, as hls4ml has it: {last}")]));
    }
    Ok(())
}

/// Brings the source through all flows, one after the other, and compares at each stage that was saved.
pub(crate) fn chain(
    case: &Path,
    name: &str,
    stages: &[Stage],
    outcomes: &mut BTreeMap<String, Outcome>,
) -> Result<()> {
    let Some(source) = source(case) else { return Ok(()) };
    let mut current = imported(&source, options(case, stages)?);
    let mut last = None;
    for (place, stage) in stages.iter().enumerate() {
        let flow = if place == 0 { "import" } else { stage.flow.as_str() };
        let outcome = outcomes.entry(flow.to_owned()).or_default();
        if place > 0 {
            current = current.and_then(|model| step(model, &stage.flow));
        }
        let model = match &mut current {
            Ok(model) => model,
            Err(error) => {
                note_refused(outcome, name, error);
                return Ok(());
            }
        };
        let Some(file) = &stage.file else { continue };
        let expected = Model::open(case.join(file)).with_context(|| file.clone())?;
        // where a flow changed no layers, the archive is the one before, with what was recorded then
        let is_new = last.replace(file) != Some(file);
        let flow = (place > 0 && is_new).then_some(stage.flow.as_str());
        let mut found = differences(model, expected, flow)?;
        found.retain(|line| is_new || !line.starts_with("config."));
        outcome.add(name, found);
    }
    Ok(())
}
