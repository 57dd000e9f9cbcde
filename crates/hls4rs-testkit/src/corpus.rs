//! Running every stage that exists over a folder of models.
//!
//! A stage is a function from one archive to success, a failure, or "does not apply". Adding one is a line in
//! [`STAGES`].

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use hls4rs::archive::{read_members, write_members};
use hls4rs::graph::{Severity, check_structure};
use hls4rs::prelude::*;
use serde::Serialize;

/// One archive of the corpus.
pub struct Case {
    /// Folder and file, relative to the corpus.
    pub name: String,
    /// The archive's bytes.
    pub bytes: Vec<u8>,
}

/// What a stage does with an archive.
pub type Check = fn(&Case) -> Result<()>;

/// The stages in order: name, what it shows, function.
pub const STAGES: &[(&str, &str, Check)] = &[
    ("load", "the archive is read into a typed model", load),
    ("members", "repack --plain --verbatim gives the same members, byte for byte", members),
    ("reopen", "the repacked archive is read as an equal model", reopen),
    ("npz", "the same with all arrays in one member", npz),
    ("verify", "the verifier finds no error", verify),
    ("print", "the graph's text form is the same after repacking", print),
];

/// What a stage can not show, with the reason: stage, part of the case's name, reason. An excluded case that passes
/// counts as failed.
pub const EXCLUSIONS: &[(&str, &str, &str)] = &[(
    "verify",
    "test_sequential_parsing_pytorch_test_",
    "hls4ml converts a 5×5 image through convolutions that need more, and saves dimensions of −3",
)];

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
    /// Archives in all.
    pub total: usize,
}

/// All archives below a folder, in order of their names.
///
/// # Errors
/// If the folder can not be read.
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

/// Runs every stage over every archive below a folder.
///
/// # Errors
/// If the folder can not be read or holds no archive.
pub fn run(corpus: &Path) -> Result<Vec<Outcome>> {
    let paths = archives(corpus)?;
    ensure!(!paths.is_empty(), "{}: expected archives, found none", corpus.display());
    let mut outcomes: Vec<Outcome> = STAGES
        .iter()
        .map(|(stage, shows, _)| Outcome {
            stage: (*stage).to_owned(),
            shows: (*shows).to_owned(),
            total: paths.len(),
            ..Outcome::default()
        })
        .collect();
    for path in paths {
        let name = path.strip_prefix(corpus).unwrap_or(&path).display().to_string();
        let case = Case { name, bytes: fs::read(&path).with_context(|| format!("{}", path.display()))? };
        for ((_, _, check), outcome) in STAGES.iter().zip(&mut outcomes) {
            let excluded = EXCLUSIONS
                .iter()
                .find(|(stage, part, _)| *stage == outcome.stage && case.name.contains(part));
            let name = case.name.clone();
            match (check(&case), excluded) {
                (Ok(()), None) => outcome.passed += 1,
                (Err(error), None) => outcome.failed.push((name, format!("{error:#}"))),
                (Err(_), Some((_, _, reason))) => outcome.excluded.push((name, (*reason).to_owned())),
                (Ok(()), Some(_)) => outcome.failed.push((name, "is excluded, but passes".to_owned())),
            }
        }
    }
    Ok(outcomes)
}

fn model(case: &Case) -> Result<Model> {
    Ok(Model::from_bytes(&case.bytes, &ReadOptions::default())?)
}

fn verbatim() -> SaveOptions {
    SaveOptions::default().with_plain(true).with_verbatim(true).with_level(1)
}

fn load(case: &Case) -> Result<()> {
    check_structure(&model(case)?.graph)?;
    Ok(())
}

fn members(case: &Case) -> Result<()> {
    let before = read_members(&case.bytes)?;
    let after = read_members(&write_members(&model(case)?.to_members(&verbatim())?, 1, true)?)?;
    for (name, bytes) in &before {
        let Some(written) = after.get(name) else { bail!("member `{name}`: missing") };
        if written != bytes {
            let at = bytes.iter().zip(written).take_while(|(a, b)| a == b).count();
            let around = |bytes: &[u8]| {
                let from = at.saturating_sub(40);
                let piece = bytes.get(from..(at + 60).min(bytes.len())).unwrap_or_default();
                String::from_utf8_lossy(piece).into_owned()
            };
            bail!("member `{name}`: differs at byte {at}: {:?} became {:?}", around(bytes), around(written));
        }
    }
    if let Some(added) = after.keys().find(|name| !before.contains_key(*name)) {
        bail!("member `{added}`: added");
    }
    ensure!(before.keys().eq(after.keys()), "members come in another order");
    Ok(())
}

fn reopen(case: &Case) -> Result<()> {
    same_after(case, &verbatim())
}

fn npz(case: &Case) -> Result<()> {
    same_after(case, &verbatim().with_arrays(ArrayLayout::Npz))
}

fn same_after(case: &Case, options: &SaveOptions) -> Result<()> {
    let model = model(case)?;
    let again = Model::from_bytes(&model.to_bytes(options)?, &ReadOptions::default())?;
    ensure!(again == model, "the reopened model is another one");
    Ok(())
}

fn verify(case: &Case) -> Result<()> {
    let model = model(case)?;
    let errors = model.graph.verify().into_iter().filter(|found| found.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|found| found.to_string()).collect();
    ensure!(errors.is_empty(), "{}", errors.join("; "));
    Ok(())
}

fn print(case: &Case) -> Result<()> {
    let model = model(case)?;
    let again = Model::from_bytes(&model.to_bytes(&verbatim())?, &ReadOptions::default())?;
    ensure!(again.graph.to_string() == model.graph.to_string(), "the text form is another one");
    Ok(())
}
