//! Running the flows, and counting what came of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use hls4rs::graph::FlowOptions;
use hls4rs::prelude::*;
use serde::Deserialize;

use crate::user_passes::USER_PASSES;
use crate::{arguments, differences, source};

/// An entry of `stages.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Stage {
    /// The flow that ended.
    pub flow: String,
    /// The archive that holds the graph behind it.
    pub file: Option<String>,
}

/// Which steps are run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The only flow that is run; all of them, if none is named.
    pub flow: Option<String>,
    /// Part of the path of the cases.
    pub part: String,
    /// Whether all flows run one after the other, with a comparison at each stage, from a graph that is built anew from what
    /// the converter handed over: so nothing is lost that archives do not hold.
    pub chain: bool,
    /// Whether all flows run one after the other from the source.
    pub from_source: bool,
}

/// Steps that cannot give their stage, with the reason: flow, part of the case's name, reason. An excluded step that gives its
/// stage counts as failed.
pub const EXCLUSIONS: &[(&str, &str, &str)] = &[
    (
        "import",
        "test_extensions_test_extensions_",
        "the source's layer `KReverse` is registered with the converter by the test itself",
    ),
    (
        "vivado:optimize",
        "_hlayers_da_",
        "the code of da4ml is not made, nor what it costs; quantizers that it contains stay before it",
    ),
    (
        "parsed",
        "test_extensions",
        "the layer `HReverse` is registered by the test itself; its declaration is not in the archive",
    ),
    (
        "parsed",
        "test_sequential_parsing_pytorch_test_",
        "hls4ml converts a 5×5 image through convolutions that need more, and saves dimensions of −3",
    ),
];

/// What came of one flow.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Steps that gave the stage behind them.
    pub passed: usize,
    /// Steps that did not for a reason in [`EXCLUSIONS`], with that reason.
    pub excluded: Vec<(String, &'static str)>,
    /// Steps that did not, with what differs.
    pub failed: Vec<(String, Vec<String>)>,
}

impl Outcome {
    /// Notes what came of a step.
    pub(crate) fn add(&mut self, name: &str, differences: Vec<String>) {
        if differences.is_empty() {
            self.passed += 1;
        } else {
            self.failed.push((name.to_owned(), differences));
        }
    }

    /// Takes the steps that are known to fail out of those that failed, and puts those in that do not any more.
    fn exclude(&mut self, flow: &str, cases: &[String]) {
        for (_, part, reason) in EXCLUSIONS.iter().filter(|(excluded, ..)| *excluded == flow) {
            for case in cases.iter().filter(|case| case.contains(part)) {
                match self.failed.iter().position(|(name, _)| name == case) {
                    Some(place) => {
                        self.failed.remove(place);
                        self.excluded.push((case.clone(), reason));
                    }
                    None => {
                        let message = format!("is excluded, but gives its stage: {reason}");
                        self.failed.push((case.clone(), vec![message]));
                        self.passed = self.passed.saturating_sub(1);
                    }
                }
            }
        }
    }
}

/// The folders with stages, or with what hls4ml refused, below a folder, in order.
///
/// # Errors
/// If the folder cannot be read.
pub fn cases(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut found: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    found.retain(|path| path.join("stages.json").is_file() || path.join("failed.txt").is_file());
    found.sort();
    Ok(found)
}

/// Runs every step of every case below a folder. The outcomes are by flow.
///
/// # Errors
/// If the folder cannot be read or holds no case.
pub fn run(folder: &Path, selection: &Selection) -> Result<BTreeMap<String, Outcome>> {
    let mut cases = cases(folder)?;
    cases.retain(|path| path.to_string_lossy().contains(&selection.part));
    ensure!(!cases.is_empty(), "{}: expected folders with `stages.json`, found none", folder.display());
    let mut outcomes: BTreeMap<String, Outcome> = BTreeMap::new();
    let mut names = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        run_case(&case, &name, selection, &mut outcomes).with_context(|| name.clone())?;
        names.push(name);
    }
    for (flow, outcome) in &mut outcomes {
        outcome.exclude(flow, &names);
    }
    Ok(outcomes)
}

fn run_case(
    case: &Path,
    name: &str,
    selection: &Selection,
    outcomes: &mut BTreeMap<String, Outcome>,
) -> Result<()> {
    if selection.flow.as_ref().is_none_or(|flow| flow == "refused") {
        source::refused(case, name, outcomes)?;
    }
    let Ok(text) = fs::read_to_string(case.join("stages.json")) else { return Ok(()) };
    let stages: Vec<Stage> = serde_json::from_str(&text)?;
    if selection.from_source {
        return source::chain(case, name, &stages, outcomes);
    }
    if selection.flow.as_ref().is_none_or(|flow| flow == "arguments")
        && let Some(Stage { file: Some(file), .. }) = stages.first()
    {
        let found = arguments::differences(case, &Model::open(case.join(file))?)?;
        outcomes.entry("arguments".to_owned()).or_default().add(name, found);
    }
    if selection.flow.as_ref().is_none_or(|flow| flow == "import") {
        source::import(case, name, &stages, outcomes)?;
    }
    let mut before: Option<Model> = None;
    if selection.chain
        && let Some(Stage { file: Some(file), .. }) = stages.first()
    {
        let parsed = Model::open(case.join(file))?;
        let outcome = outcomes.entry("parsed".to_owned()).or_default();
        match built(&parsed) {
            Ok(mut model) => {
                let found = differences(&mut model, parsed, None)?;
                outcome.add(name, found);
                before = Some(model);
            }
            Err(error) => {
                outcome.add(name, vec![format!("error: {error:#}")]);
                return Ok(());
            }
        }
    }
    for (place, pair) in stages.windows(2).enumerate() {
        let [previous, stage] = pair else { continue };
        let (Some(from), Some(to)) = (&previous.file, &stage.file) else { continue };
        if selection.flow.as_ref().is_some_and(|flow| *flow != stage.flow) {
            continue;
        }
        let start = match before.take().filter(|_| selection.chain) {
            Some(model) => model,
            None => start(case, stages.get(..=place).unwrap_or_default())?,
        };
        let expected = Model::open(case.join(to))?;
        let outcome = outcomes.entry(stage.flow.clone()).or_default();
        match step(start, &stage.flow) {
            Ok(mut model) => {
                let is_new = from != to;
                let mut found = differences(&mut model, expected, is_new.then_some(stage.flow.as_str()))?;
                // a stage is saved where a flow changed layers; what it changed in the configuration is in the next
                found.retain(|line| is_new || !line.starts_with("config."));
                outcome.add(name, found);
                before = Some(model);
            }
            Err(error) => {
                outcome.failed.push((name.to_owned(), vec![format!("error: {error:#}")]));
                if selection.chain {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// The graph behind the last of these stages. Flows that changed no layers are run anew: they may have changed the
/// configuration, which was not saved then.
fn start(case: &Path, stages: &[Stage]) -> Result<Model> {
    let last = stages.last().and_then(|stage| stage.file.as_ref()).context("expected a saved stage")?;
    let mut same = stages.iter().skip_while(|stage| stage.file.as_ref() != Some(last));
    let first = same.next().map(|stage| stage.flow.as_str()).unwrap_or_default();
    let model = Model::open(case.join(last)).with_context(|| first.to_owned())?;
    same.try_fold(model, |model, stage| step(model, &stage.flow))
}

/// The graph built anew from what the converter handed over.
fn built(parsed: &Model) -> Result<Model> {
    let list = LayerList::of_parsed(&parsed.graph)?;
    let backend = hls4rs::expect_backend(parsed.graph.config.backend())?;
    let graph = list.build(backend.default_flow().name, Some(backend))?;
    Ok(Model { source: parsed.source.clone(), ..Model::new(graph) })
}

/// Applies one flow to a model.
pub(crate) fn step(mut model: Model, flow: &str) -> Result<Model> {
    let flow = hls4rs::flow(flow).ok_or_else(|| anyhow!("expected a known flow, found `{flow}`"))?;
    let name = model.graph.config.backend().to_owned();
    let backend =
        hls4rs::backend(&name).ok_or_else(|| anyhow!("expected a known backend, found `{name}`"))?;
    model.graph.set_extensions(backend);
    model
        .graph
        .apply_steps(flow, &mut FlowOptions { verify: true, steps: USER_PASSES, ..FlowOptions::default() })?;
    Ok(model)
}
