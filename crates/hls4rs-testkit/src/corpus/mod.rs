//! Running every stage that exists over a folder of models.
//!
//! A stage is a function from one archive to a [`Verdict`]. Adding one is a line in [`STAGES`].

mod archive;
mod config;
mod convert;
mod initialize;
mod predict;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hls4rs::prelude::*;
use serde::Serialize;

/// One archive of the corpus, or a source that hls4ml could convert but not save.
pub struct Case {
    /// Folder and file, relative to the corpus.
    pub name: String,
    /// The archive's bytes; none of a source without an archive.
    pub bytes: Vec<u8>,
    /// The folder that the archive is in, with recorded inputs and outputs.
    pub folder: PathBuf,
}

impl Case {
    /// The model in the archive.
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn model(&self) -> Result<Model> {
        Ok(Model::from_bytes(&self.bytes, &ReadOptions::default())?)
    }

    /// Whether the archive holds the graph as the converter built it, before any flow.
    #[must_use]
    pub fn is_parsed_stage(&self) -> bool {
        self.name.ends_with("-parsed.fml")
    }

    /// Whether the archive is one of several graphs of a conversion, with that at its end beside it.
    #[must_use]
    pub fn is_on_the_way(&self) -> bool {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.starts_with("stage") && self.folder.join("converted.fml").exists()
    }
}

/// What a stage finds out about an archive; an error is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// What the stage shows holds.
    Passed,
    /// The stage says nothing about archives of this kind.
    DoesNotApply,
    /// What the stage shows does not hold, for a reason that is known and accepted.
    Excluded(String),
}

/// What a stage does with an archive.
pub type Check = fn(&Case) -> Result<Verdict>;

/// The stages in order: name, what it shows, function.
pub const STAGES: &[(&str, &str, Check)] = &[
    ("load", "the archive is read into a typed model", archive::load),
    ("members", "repack --plain --verbatim gives the same members, byte for byte", archive::members),
    ("reopen", "the repacked archive is read as an equal model", archive::reopen),
    ("npz", "the same with all arrays in one member", archive::npz),
    ("save", "saved as by default it is what its manifest says, and the same bytes again", archive::save),
    ("migrate", "brought up to date it is read, and then needs no change", archive::migrate),
    ("verify", "the verifier finds no error", archive::verify),
    ("config", "the stored configuration is what its options give (graphs before any flow)", config::config),
    (
        "initialize",
        "layers made anew from what the converter gave have the stored attributes (graphs before any flow)",
        initialize::initialize,
    ),
    (
        "predict",
        "the emulator's outputs for the recorded inputs are the recorded ones, bit for bit",
        predict::predict,
    ),
    (
        "convert",
        "converting the source alone predicts the recorded outputs for the recorded inputs, bit for bit",
        convert::convert,
    ),
    (
        "retarget",
        "converting for another backend and retargeting gives what converting gives, and the recorded outputs",
        convert::retarget,
    ),
    ("passes", "without any one of the passes that keep bits the same is predicted", convert::passes),
    ("print", "the graph's text form is the same after repacking", archive::print),
];

/// What a stage cannot show, with the reason: stage, part of the case's name, reason. An excluded case that passes
/// counts as failed.
pub const EXCLUSIONS: &[(&str, &str, &str)] = &[
    (
        "verify",
        "test_sequential_parsing_pytorch_test_",
        "hls4ml converts a 5×5 image through convolutions that need more, and saves dimensions of −3",
    ),
    (
        "convert",
        "test_extensions_test_extensions_",
        "the source's layer `KReverse` is registered with the converter by the test itself",
    ),
    (
        "passes",
        "test_extensions_test_extensions_",
        "the source's layer `KReverse` is registered with the converter by the test itself",
    ),
    (
        "retarget",
        "test_extensions_test_extensions_",
        "the source's layer `KReverse` is registered with the converter by the test itself",
    ),
];

/// What came of one stage.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Name of the stage.
    pub stage: String,
    /// What it shows.
    pub shows: String,
    /// Archives that passed.
    pub passed: usize,
    /// Archives that failed, with the reason.
    pub failed: Vec<(String, String)>,
    /// Archives that fail for a reason in [`EXCLUSIONS`].
    pub excluded: Vec<(String, String)>,
    /// Archives that the stage applies to.
    pub total: usize,
}

/// Which stages run over which archives.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The only stage that runs; all of them, if none is named.
    pub stage: Option<String>,
    /// Part of the path of the archives.
    pub part: String,
}

/// All archives below a folder, in order of their names.
///
/// # Errors
/// If the folder cannot be read.
pub fn archives(corpus: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![corpus.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "fml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Sources with recorded outputs in folders without an archive, in order of their names.
fn sources_alone(corpus: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![corpus.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))?;
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        let has_archive =
            paths.iter().any(|path| path.extension().is_some_and(|extension| extension == "fml"));
        if !has_archive && folder.join("io.npz").exists() {
            found.extend(convert::source_in(&paths));
        }
        folders.extend(paths.into_iter().filter(|path| path.is_dir()));
    }
    found.sort();
    Ok(found)
}

/// The stages that begin with the source: they apply to sources without an archive, too.
const FROM_SOURCE: &[&str] = &["convert", "retarget", "passes"];

/// Runs every stage over every archive below a folder.
///
/// # Errors
/// If the folder cannot be read or holds no archive.
pub fn run(corpus: &Path, selection: &Selection) -> Result<Vec<Outcome>> {
    let mut paths = archives(corpus)?;
    paths.retain(|path| path.to_string_lossy().contains(&selection.part));
    let stages =
        || STAGES.iter().filter(|(name, ..)| selection.stage.as_ref().is_none_or(|stage| stage == name));
    if let Some(stage) = &selection.stage {
        ensure!(stages().next().is_some(), "expected the name of a stage, found `{stage}`");
    }
    ensure!(!paths.is_empty(), "{}: expected archives, found none", corpus.display());
    let mut outcomes: Vec<Outcome> = stages()
        .map(|(stage, shows, _)| Outcome {
            stage: (*stage).to_owned(),
            shows: (*shows).to_owned(),
            ..Outcome::default()
        })
        .collect();
    let mut alone = sources_alone(corpus)?;
    alone.retain(|path| path.to_string_lossy().contains(&selection.part));
    let archives = paths.into_iter().map(|path| (path, true));
    for (path, is_archive) in archives.chain(alone.into_iter().map(|path| (path, false))) {
        let name = path.strip_prefix(corpus).unwrap_or(&path).display().to_string();
        let bytes = if is_archive {
            fs::read(&path).with_context(|| format!("{}", path.display()))?
        } else {
            Vec::new()
        };
        let case = Case { name, bytes, folder: path.parent().unwrap_or(corpus).to_owned() };
        for ((stage, _, check), outcome) in stages().zip(&mut outcomes) {
            if !is_archive && !FROM_SOURCE.contains(stage) {
                continue;
            }
            let excluded = EXCLUSIONS
                .iter()
                .find(|(stage, part, _)| *stage == outcome.stage && case.name.contains(part));
            let name = case.name.clone();
            let verdict = check(&case);
            outcome.total += usize::from(!matches!(verdict, Ok(Verdict::DoesNotApply)));
            match (verdict, excluded) {
                (Ok(Verdict::DoesNotApply), _) => {}
                (Ok(Verdict::Excluded(reason)), _) => outcome.excluded.push((name, reason)),
                (Ok(Verdict::Passed), None) => outcome.passed += 1,
                (Err(error), None) => outcome.failed.push((name, format!("{error:#}"))),
                (Err(_), Some((_, _, reason))) => outcome.excluded.push((name, (*reason).to_owned())),
                (Ok(Verdict::Passed), Some(_)) => {
                    outcome.failed.push((name, "is excluded, but passes".to_owned()))
                }
            }
        }
    }
    Ok(outcomes)
}
