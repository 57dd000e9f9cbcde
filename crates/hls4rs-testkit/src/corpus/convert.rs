//! Does a conversion from the source alone predict what hls4ml's compiled project predicted?

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use hls4rs::archive::read_json;

use super::predict::{self, Recorded};
use super::{Case, Verdict};

/// Converts the source of a case with the recorded arguments, and compares the outputs for the recorded inputs.
pub(super) fn convert(case: &Case) -> Result<Verdict> {
    // one archive of a case stands for it; the outputs of one that was changed later are not those of its source
    let changed = case.folder.join("predicted.fml");
    let Some(source) = source(case)?.filter(|_| !changed.exists()) else { return Ok(Verdict::DoesNotApply) };
    let Some(recorded) = Recorded::of(case)? else { return Ok(Verdict::DoesNotApply) };
    let path = case.folder.join("config.json");
    let text = fs::read(&path).with_context(|| path.display().to_string())?;
    let arguments = read_json("config.json", &text)?;
    let arguments = arguments.as_map().context("config.json: expected a map of arguments")?;
    let model = hls4rs::convert(&source, arguments)?.model;
    ensure!(model.source.is_some(), "expected a model that keeps what its converter gave");
    predict::agrees(case, &model, &recorded)
}

/// The source model, if a front end reads it.
fn source(case: &Case) -> Result<Option<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(&case.folder)? {
        let path = entry?.path();
        if path.file_stem().is_some_and(|stem| stem == "source") && hls4rs::front_end(&path).is_some() {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources.into_iter().next())
}
