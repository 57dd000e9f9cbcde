//! Random models of hls4ml: does the emulator predict what their compiled projects predict?

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::summary::{self, Outcome};
use crate::process;
use crate::workspace::Workspace;

/// The stage of the corpus program that compares predictions.
const STAGE: &str = "predict";

/// The stage of the corpus program that converts sources and compares predictions.
const CONVERT: &str = "convert";

/// What to make.
pub(super) struct Options {
    /// How many models.
    pub(super) count: usize,
    /// What they are made from.
    pub(super) seed: u64,
    /// How many are made at the same time.
    pub(super) jobs: usize,
    /// Where they go; models that are there already are not made again.
    pub(super) folder: PathBuf,
}

/// Makes the models and compares the predictions. Where they differ, hls4ml has to answer the same once more: answers that
/// depend on memory that nobody wrote are excluded.
pub(super) fn check(workspace: &Workspace, python: &Path, options: &Options) -> Result<bool> {
    let [count, jobs] = [options.count, options.jobs].map(|number| number.to_string());
    let script = |arguments: &[&str]| {
        let mut command = Command::new(python);
        command.arg(workspace.root.join("tests/python/random_models.py"));
        command.args(["--jobs", &jobs]).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let seed = options.seed.to_string();
    process::run(script(&["--count", &count, "--seed", &seed, "--out"]).arg(&options.folder))?;
    let mut outcome = compare(workspace, &options.folder, STAGE)?;
    if !outcome.failed.is_empty() {
        process::run(script(&["--recheck"]).args(differing(&options.folder, &outcome)))?;
        outcome = compare(workspace, &options.folder, STAGE)?;
    }
    print!("\n{}", summary::lines(&options.folder, &outcome)?);
    ensure!(outcome.passed > 0, "{}: expected models that are equal, found none", options.folder.display());
    for (archive, reason) in &outcome.failed {
        println!("wrong: {archive}: {reason}");
    }
    Ok(outcome.failed.is_empty())
}

/// Makes raw ONNX models, lets qonnx clean and hls4ml convert them, converts them as they are, and compares the layers and the
/// predictions.
pub(super) fn check_onnx(workspace: &Workspace, python: &Path, options: &Options) -> Result<bool> {
    let [count, seed, jobs] =
        [options.count as u64, options.seed, options.jobs as u64].map(|number| number.to_string());
    let mut script = Command::new(python);
    script.arg(workspace.root.join("tests/python/random_onnx.py"));
    script.args(["--count", &count, "--seed", &seed, "--jobs", &jobs, "--out"]).arg(&options.folder);
    process::run(script.env("PYTHONDONTWRITEBYTECODE", "1"))?;
    let are_equal = convert_all(workspace, &options.folder, "raw ONNX")?;
    Ok(are_equal & import_all(workspace, &options.folder)?)
}

/// Makes models of Keras 3 and HGQ2, lets hls4ml convert and compile them, and compares the layers before the first flow and the
/// predictions.
pub(super) fn check_keras3(workspace: &Workspace, python: &Path, options: &Options) -> Result<bool> {
    let [count, seed] = [options.count as u64, options.seed].map(|number| number.to_string());
    let script = |arguments: &[&str]| {
        let mut command = Command::new(python);
        command.arg(workspace.root.join("tests/python/random_keras3.py"));
        command.args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    process::run(script(&["--count", &count, "--seed", &seed, "--compile", "--out"]).arg(&options.folder))?;
    let differing = differing(&options.folder, &compare(workspace, &options.folder, CONVERT)?);
    if !differing.is_empty() {
        process::run(script(&["--recheck"]).args(differing))?;
    }
    let are_equal = convert_all(workspace, &options.folder, "Keras 3 and HGQ2")?;
    Ok(are_equal & import_all(workspace, &options.folder)?)
}

/// The folders of models whose predictions differ.
fn differing(folder: &Path, outcome: &Outcome) -> Vec<PathBuf> {
    let of = |(archive, _): &(String, String)| Some(folder.join(archive).parent()?.to_owned());
    outcome.failed.iter().filter_map(of).collect()
}

/// Converts sources and compares with what hls4ml's compiled projects predicted; each of these has to get a verdict.
fn convert_all(workspace: &Workspace, folder: &Path, what: &str) -> Result<bool> {
    let outcome = compare(workspace, folder, CONVERT)?;
    for (archive, reason) in &outcome.failed {
        println!("wrong: {archive}: {reason}");
    }
    let folders = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let (compiled, others): (Vec<PathBuf>, Vec<PathBuf>) =
        folders.filter(|path| path.is_dir()).partition(|path| path.join("io.npz").exists());
    let Outcome { passed, failed, excluded, .. } = &outcome;
    println!(
        "{what} models: {} made, {} compiled by hls4ml, {passed} predict the same bits, {} excluded, {} wrong",
        compiled.len() + others.len(),
        compiled.len(),
        excluded.len(),
        failed.len()
    );
    let verdicts = passed + failed.len() + excluded.len();
    ensure!(
        *passed > 0 && verdicts == compiled.len(),
        "expected a verdict for each model that hls4ml compiled, found {verdicts} for {}",
        compiled.len()
    );
    Ok(failed.is_empty())
}

/// Compares the layers before the first flow.
fn import_all(workspace: &Workspace, folder: &Path) -> Result<bool> {
    let mut layers = workspace.cargo_run("hls4rs-stages", "stages");
    Ok(process::status(layers.arg(folder).args(["--flow", "import"]))?.success())
}

/// Compares the predictions.
fn compare(workspace: &Workspace, folder: &Path, stage: &str) -> Result<Outcome> {
    let mut command = workspace.cargo_run("hls4rs-testkit", "corpus");
    command.arg(folder).args(["--stage", stage, "--json"]);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{}`: can not be started", process::shown(&command)))?;
    outcome(&output.stdout).with_context(|| format!("`{}`: {}", process::shown(&command), output.status))
}

/// What the corpus program printed.
fn outcome(json: &[u8]) -> Result<Outcome> {
    let mut outcomes: Vec<Outcome> = serde_json::from_slice(json)?;
    ensure!(outcomes.len() == 1, "expected one stage, found {}", outcomes.len());
    Ok(outcomes.remove(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read() {
        let json = br#"[{"stage": "predict", "passed": 1, "failed": [["a/converted.fml", "2 values differ"]],
                         "excluded": [], "total": 2}]"#;
        let found = outcome(json).unwrap();
        assert_eq!((found.passed, found.failed[0].0.as_str()), (1, "a/converted.fml"));
        assert!(outcome(b"[]").is_err() && outcome(b"").is_err());
    }
}
