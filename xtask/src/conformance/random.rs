//! Random models of hls4ml: does the emulator predict what their compiled projects predict?

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::summary::{self, Outcome};
use crate::process;
use crate::workspace::Workspace;

/// The stage of the corpus program that compares predictions.
const STAGE: &str = "predict";

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
    let mut outcome = compare(workspace, &options.folder)?;
    if !outcome.failed.is_empty() {
        let folder =
            |(archive, _): &(String, String)| Some(options.folder.join(archive).parent()?.to_owned());
        let differing: Vec<PathBuf> = outcome.failed.iter().filter_map(folder).collect();
        process::run(script(&["--recheck"]).args(differing))?;
        outcome = compare(workspace, &options.folder)?;
    }
    print!("\n{}", summary::lines(&options.folder, &outcome)?);
    for (archive, reason) in &outcome.failed {
        println!("wrong: {archive}: {reason}");
    }
    Ok(outcome.failed.is_empty())
}

/// Compares the predictions.
fn compare(workspace: &Workspace, folder: &Path) -> Result<Outcome> {
    let mut command = workspace.cargo_run("hls4rs-testkit", "corpus");
    command.arg(folder).args(["--stage", STAGE, "--json"]);
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
