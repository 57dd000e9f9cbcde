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
        let folder =
            |(archive, _): &(String, String)| Some(options.folder.join(archive).parent()?.to_owned());
        let differing: Vec<PathBuf> = outcome.failed.iter().filter_map(folder).collect();
        process::run(script(&["--recheck"]).args(differing))?;
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
    let predict = predict_the_same(workspace, &options.folder)?;
    let mut layers = workspace.cargo_run("hls4rs-stages", "stages");
    let layers = process::status(layers.arg(&options.folder).args(["--flow", "import"]))?;
    Ok(predict && layers.success())
}

/// Makes models of Keras 2, QKeras and HGQ, lets hls4ml convert them and compile some of them, and compares the layers before
/// the first flow, and the predictions.
pub(super) fn check_keras2(workspace: &Workspace, python: &Path, options: &Options) -> Result<bool> {
    check_sources(workspace, python, options, "random_keras2.py", options.count.div_ceil(5))
}

/// Makes models of Keras 3 and HGQ2, likewise.
pub(super) fn check_keras3(workspace: &Workspace, python: &Path, options: &Options) -> Result<bool> {
    check_sources(workspace, python, options, "random_keras3.py", options.count.div_ceil(5))
}

/// Makes models with a script, of which hls4ml compiles some, and compares layers and predictions. What hls4ml refuses has to be
/// refused.
fn check_sources(
    workspace: &Workspace,
    python: &Path,
    options: &Options,
    script: &str,
    compiled: usize,
) -> Result<bool> {
    let [count, seed, jobs, compiled] =
        [options.count as u64, options.seed, options.jobs as u64, compiled as u64]
            .map(|number| number.to_string());
    let script = || {
        let mut command = Command::new(python);
        command.arg(workspace.root.join("tests/python").join(script)).arg("--out").arg(&options.folder);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    process::run(script().args([
        "--count",
        &count,
        "--seed",
        &seed,
        "--jobs",
        &jobs,
        "--compile",
        &compiled,
    ]))?;
    let mut layers = workspace.cargo_run("hls4rs-stages", "stages");
    let are_equal = process::status(layers.arg(&options.folder))?.success();
    if with_predictions(&options.folder)? == 0 {
        return Ok(are_equal);
    }
    let differing = compare(workspace, &options.folder, CONVERT)?.failed;
    if !differing.is_empty() {
        let names = differing.iter().filter_map(|(archive, _)| Path::new(archive).parent());
        process::run(script().arg("--recheck").args(names.map(Path::as_os_str)))?;
    }
    Ok(predict_the_same(workspace, &options.folder)? && are_equal)
}

/// How many models of a folder hls4ml compiled.
pub(super) fn with_predictions(folder: &Path) -> Result<usize> {
    let folders = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(folders.iter().filter(|entry| entry.path().join("io.npz").exists()).count())
}

/// Whether the conversions of all models that hls4ml compiled predict what it does. Each of them has to be judged.
pub(super) fn predict_the_same(workspace: &Workspace, folder: &Path) -> Result<bool> {
    let Outcome { passed, failed, excluded, .. } = compare(workspace, folder, CONVERT)?;
    for (archive, reason) in &failed {
        println!("wrong: {archive}: {reason}");
    }
    for (archive, reason) in &excluded {
        println!("excluded: {archive}: {reason}");
    }
    let compiled = with_predictions(folder)?;
    let judged = passed + failed.len() + excluded.len();
    println!(
        "{compiled} compiled by hls4ml, {passed} predict the same bits, {} excluded, {} wrong",
        excluded.len(),
        failed.len()
    );
    ensure!(
        passed > 0 && judged == compiled,
        "expected a verdict for each model that hls4ml compiled, found {judged} for {compiled}"
    );
    Ok(failed.is_empty())
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
