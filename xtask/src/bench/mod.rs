//! `cargo xtask bench`: the time to open and save archives, ours and hls4ml's in one run on one machine.

pub(crate) mod convert;
pub(crate) mod large;
pub(crate) mod predict;
mod summary;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;

use crate::process;
use crate::python::{self, Suite};
use crate::spread::spread;
use crate::workspace::Workspace;
use summary::{Report, Samples};

/// Times that the two programs take turns, so that a drift of the machine's speed meets both.
const PASSES: usize = 3;

/// Arguments of `cargo xtask bench`.
#[derive(Args)]
#[command(after_help = python::HELP)]
pub(crate) struct Arguments {
    /// Also archives of this folder, spread evenly.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Measurements per archive, at least; they are divided into passes.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Archives of the corpus.
    #[arg(long, default_value_t = 60)]
    files: usize,
    /// Write all measurements to this file.
    #[arg(long, value_name = "OUT")]
    json: Option<PathBuf>,
}

/// Measures, and prints medians, ratios and their spread.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let python = python::interpreter(workspace, Suite::Keras)?;
    let ours = workspace.release_binary("hls4rs-testkit", "bench")?;
    let networks = workspace.shared("bench").map_or(Ok(Vec::new()), |folder| archives(&folder))?;
    let corpus =
        arguments.corpus.as_ref().map_or(Ok(Vec::new()), |folder| from_corpus(folder, arguments.files))?;
    let files = [networks, corpus.clone()].concat();
    ensure!(!files.is_empty(), "expected archives beside the checkout or --corpus, found none");

    let rounds = arguments.rounds.div_ceil(PASSES).to_string();
    let script = workspace.root.join("tests/python/bench.py");
    let mut report = Report::default();
    for pass in 0..PASSES {
        let hls4ml = |report: &mut Report| -> Result<()> {
            let mut command = Command::new(&python);
            command.arg(&script).env("PYTHONDONTWRITEBYTECODE", "1").env("TF_CPP_MIN_LOG_LEVEL", "3");
            report.hls4ml.extend(measure(&mut command, &rounds, &files)?)
        };
        let hls4rs =
            |report: &mut Report| report.hls4rs.extend(measure(&mut Command::new(&ours), &rounds, &files)?);
        eprintln!("pass {} of {PASSES}: {} archives", pass + 1, files.len());
        if pass % 2 == 0 {
            hls4ml(&mut report)?;
            hls4rs(&mut report)?;
        } else {
            hls4rs(&mut report)?;
            hls4ml(&mut report)?;
        }
    }
    if let Some(out) = &arguments.json {
        let all = json!({"hls4ml": report.hls4ml, "hls4rs": report.hls4rs});
        fs::write(out, serde_json::to_vec_pretty(&all)?).with_context(|| out.display().to_string())?;
    }
    print!("{}", report.text(&names(&files), &names(&corpus)));
    Ok(ExitCode::SUCCESS)
}

fn measure(command: &mut Command, rounds: &str, files: &[PathBuf]) -> Result<Samples> {
    let json = process::output(command.args(["--rounds", rounds]).args(files))?;
    serde_json::from_str(&json).context("measurements")
}

fn names(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|path| path.display().to_string()).collect()
}

/// Archives in the folder, in order of their names.
fn archives(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "fml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Archives in the folders below the folder: `count` of them, evenly over the order of their names.
fn from_corpus(folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    let folder = std::path::absolute(folder)?;
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            cases.extend(archives(&path)?);
        }
    }
    cases.sort();
    Ok(spread(&cases, count).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_found_and_spread() {
        let dir = tempfile::tempdir().unwrap();
        for case in ["a", "b", "c", "d"] {
            fs::create_dir(dir.path().join(case)).unwrap();
            fs::write(dir.path().join(case).join("model.fml"), "").unwrap();
            fs::write(dir.path().join(case).join("case.json"), "").unwrap();
        }
        let found = from_corpus(dir.path(), 2).unwrap();
        assert_eq!(found, [dir.path().join("a/model.fml"), dir.path().join("c/model.fml")]);
        assert!(archives(dir.path()).unwrap().is_empty());
    }
}
