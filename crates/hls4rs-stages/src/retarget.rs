//! Models of one backend brought to another, compared with what hls4ml converted for that one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use hls4rs::RetargetOptions;
use hls4rs::prelude::*;

use crate::differences;
use crate::run::{Outcome, Stage, cases};

/// Retargets every case that hls4ml has also converted, from the same source, for another backend, and compares layer for
/// layer with the graph that hls4ml saved behind that backend's flow `optimize`. Cases belong together if their names are the
/// same but for the backend's. With `out`, the models are saved there, with the outputs recorded in `recorded` for the target.
///
/// The outcome also counts the cases whose sources were trained anew, so that the two have different weights: they say nothing.
///
/// # Errors
/// If a case cannot be read or saved.
pub fn retarget(
    folder: &Path,
    (from, to): (&str, &str),
    save: Option<(&Path, &Path)>,
) -> Result<(Outcome, usize)> {
    let (mut outcome, mut others) = (Outcome::default(), 0);
    for case in cases(folder)? {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let twin = name.replace(from, to);
        if twin == name || !folder.join(&twin).join("stages.json").is_file() {
            continue;
        }
        let Some(found) = one(&case, &folder.join(&twin), to).with_context(|| name.clone())? else {
            others += 1;
            continue;
        };
        match found {
            Ok((model, lines)) => {
                outcome.add(&name, lines);
                if let Some((recorded, out)) = save {
                    write(&model, &recorded.join(&twin), &out.join(&twin)).with_context(|| twin.clone())?;
                }
            }
            Err(error) => outcome.failed.push((name, vec![format!("error: {error:#}")])),
        }
    }
    Ok((outcome, others))
}

/// The retargeted model and what differs; nothing if the two cases have different sources.
fn one(case: &Path, twin: &Path, to: &str) -> Result<Option<Result<(Model, Vec<String>)>>> {
    let (Some(mine), Some(theirs)) = (parsed(case)?, parsed(twin)?) else { return Ok(None) };
    let (list, wanted) = (LayerList::of_parsed(&mine.graph)?, LayerList::of_parsed(&theirs.graph)?);
    if list.layers != wanted.layers || list.options.get("HLSConfig") != wanted.options.get("HLSConfig") {
        return Ok(None);
    }
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
    let flow = format!("{}:optimize", to.to_lowercase());
    let stages = stages(twin)?;
    let stage = stages.iter().find(|stage| stage.flow == flow).and_then(|stage| stage.file.as_ref());
    let expected = Model::open(twin.join(stage.ok_or_else(|| anyhow!("expected a stage `{flow}`"))?))?;
    let made = hls4rs::build(list).map_err(anyhow::Error::from).and_then(|(model, _)| {
        let (mut model, _) = hls4rs::retarget(&model, &target)?;
        let mut lines = differences(&mut model, expected, None)?;
        // where the project goes and what it is called
        lines.retain(|line| !line.contains("OutputDir") && !line.contains("ProjectName"));
        Ok((model, lines))
    });
    Ok(Some(made))
}

fn parsed(case: &Path) -> Result<Option<Model>> {
    let file = stages(case)?.into_iter().next().and_then(|stage| stage.file);
    file.map(|file| Ok(Model::open(case.join(file))?)).transpose()
}

fn stages(case: &Path) -> Result<Vec<Stage>> {
    Ok(serde_json::from_str(&fs::read_to_string(case.join("stages.json"))?)?)
}

fn write(model: &Model, recorded: &Path, folder: &Path) -> Result<()> {
    let files: Vec<PathBuf> = ["io.npz", "case.json"].iter().map(|file| recorded.join(file)).collect();
    if !files.iter().all(|file| file.is_file()) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    model.save(folder.join("model.fml"))?;
    for file in files {
        let name = file.file_name().unwrap_or_default();
        ensure!(fs::copy(&file, folder.join(name))? > 0, "{}: expected data", file.display());
    }
    Ok(())
}
