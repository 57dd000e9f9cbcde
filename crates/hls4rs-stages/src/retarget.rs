//! Models of one backend brought to another, compared with what hls4ml converted for that one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hls4rs::RetargetOptions;
use hls4rs::prelude::*;

use crate::differences;
use crate::run::{Outcome, Stage, cases};

/// What came of retargeting.
#[derive(Debug, Default)]
pub struct Retargeted {
    /// Models that are what hls4ml converted for the target, and those that are not.
    pub outcome: Outcome,
    /// Of all, those whose list came from hls4ml's own conversion of the same source for the first backend. The others begin with the
    /// list of the target's, which was brought to the first backend before.
    pub twins: usize,
    /// Models that cannot be converted for the first backend, with the reason.
    pub refused: Vec<(String, String)>,
}

/// Converts every model that hls4ml has converted for the backend `to` for the backend `from`, retargets it, and compares layer
/// for layer with the graph that hls4ml saved where hls4rs saves as well.
///
/// # Errors
/// If a case cannot be read.
pub fn retarget(folder: &Path, (from, to): (&str, &str)) -> Result<Retargeted> {
    let mut retargeted = Retargeted::default();
    for case in cases(folder)?.into_iter().filter(|case| case.join("stages.json").is_file()) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(wanted) = list(&case).with_context(|| name.clone())? else { continue };
        if wanted.options.get("Backend").and_then(Attribute::as_str) != Some(to) {
            continue;
        }
        let (given, is_twin) = given(folder, &wanted, &name.replace(to, from), from)?;
        let source = match hls4rs::build(given) {
            Ok((model, _)) => model,
            Err(error) => {
                retargeted.refused.push((name, error.to_string()));
                continue;
            }
        };
        retargeted.twins += usize::from(is_twin);
        match one(&source, &case, &wanted, to) {
            Ok(lines) => retargeted.outcome.add(&name, lines),
            Err(error) => retargeted.outcome.failed.push((name, vec![format!("error: {error:#}")])),
        }
    }
    Ok(retargeted)
}

/// What the converter gives for the first backend, and whether hls4ml itself converted the same source for it.
fn given(folder: &Path, wanted: &LayerList, twin: &str, from: &str) -> Result<(LayerList, bool)> {
    if folder.join(twin).join("stages.json").is_file()
        && let Some(list) = list(&folder.join(twin)).with_context(|| twin.to_owned())?
        // some sources were trained anew for each backend
        && list.layers == wanted.layers
        && list.options.get("HLSConfig") == wanted.options.get("HLSConfig")
    {
        return Ok((list, true));
    }
    let mut options = wanted.options.clone();
    options.insert("Backend", from);
    for name in ["Part", "ClockPeriod"] {
        options.remove(name);
    }
    Ok((LayerList { options, ..wanted.clone() }, false))
}

/// What differs.
fn one(source: &Model, case: &Path, wanted: &LayerList, to: &str) -> Result<Vec<String>> {
    let options = &wanted.options;
    let mut target = RetargetOptions::new(to);
    if let Some(io_type) = options.get("IOType").and_then(Attribute::as_str) {
        target = target.with_io_type(io_type);
    }
    if let Some(part) = options.get("Part").and_then(Attribute::as_str) {
        target = target.with_part(part);
    }
    if let Some(period) = options.get("ClockPeriod").and_then(Attribute::as_float) {
        target = target.with_clock_period(period);
    }
    let flow = hls4rs::expect_backend(to)?.saved_flow().name;
    let stages = stages(case)?;
    let stage = stages.iter().find(|stage| stage.flow == flow).and_then(|stage| stage.file.as_ref());
    let expected = Model::open(case.join(stage.ok_or_else(|| anyhow!("expected a stage `{flow}`"))?))?;
    let (mut model, _) = hls4rs::retarget(source, &target)?;
    let mut lines = differences(&mut model, expected, None)?;
    // where the project goes and what it is called
    lines.retain(|line| !line.contains("OutputDir") && !line.contains("ProjectName"));
    Ok(lines)
}

/// What the converter gave for a case; nothing if it is not saved.
fn list(case: &Path) -> Result<Option<LayerList>> {
    let parsed = parsed(case)?;
    Ok(parsed.map(|parsed| LayerList::of_parsed(&parsed.graph)).transpose()?)
}

fn parsed(case: &Path) -> Result<Option<Model>> {
    let file = stages(case)?.into_iter().next().and_then(|stage| stage.file);
    file.map(|file| Ok(Model::open(case.join(file))?)).transpose()
}

fn stages(case: &Path) -> Result<Vec<Stage>> {
    Ok(serde_json::from_str(&fs::read_to_string(case.join("stages.json"))?)?)
}
