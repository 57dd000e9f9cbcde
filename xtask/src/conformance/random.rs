//! Random models of hls4ml: does the emulator predict what their compiled projects predict?

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

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
    /// Where they go; models that are there already are not made again.
    pub(super) folder: PathBuf,
}

/// What the corpus program says about a stage.
#[derive(Deserialize)]
struct Outcome {
    failed: Vec<(String, String)>,
}

/// Makes the models and compares the predictions. Where they differ, hls4ml has to answer the same once more: answers that
/// depend on memory that nobody wrote are excluded.
pub(super) fn check(workspace: &Workspace, python: &Path, options: &Options) -> Result<bool> {
    let script = |arguments: &[&str]| {
        let mut command = Command::new(python);
        command.arg(workspace.root.join("tests/python/random_models.py"));
        command.args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let (count, seed) = (options.count.to_string(), options.seed.to_string());
    process::run(script(&["--count", &count, "--seed", &seed, "--out"]).arg(&options.folder))?;
    let differing = differing(workspace, &options.folder)?;
    if !differing.is_empty() {
        process::run(script(&["--recheck"]).args(differing))?;
    }
    Ok(process::status(&mut corpus(workspace, &options.folder))?.success())
}

/// The folders of models whose predictions differ.
fn differing(workspace: &Workspace, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut command = corpus(workspace, folder);
    let output = command.arg("--json").stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{}`: can not be started", process::shown(&command)))?;
    let archives = failed(&output.stdout)
        .with_context(|| format!("`{}`: {}", process::shown(&command), output.status))?;
    archives.iter().map(|archive| Ok(folder.join(archive).parent().context(STAGE)?.to_owned())).collect()
}

/// The archives that failed, from what the corpus program printed.
fn failed(json: &[u8]) -> Result<Vec<String>> {
    let outcomes: Vec<Outcome> = serde_json::from_slice(json)?;
    ensure!(outcomes.len() == 1, "expected one stage, found {}", outcomes.len());
    Ok(outcomes.into_iter().flat_map(|outcome| outcome.failed).map(|(archive, _)| archive).collect())
}

fn corpus(workspace: &Workspace, folder: &Path) -> Command {
    let mut command = workspace.cargo_run("hls4rs-testkit", "corpus");
    command.arg(folder).args(["--stage", STAGE]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_archives_are_found() {
        let json =
            br#"[{"stage": "predict", "passed": 1, "failed": [["a/converted.fml", "2 values differ"]]}]"#;
        assert_eq!(failed(json).unwrap(), ["a/converted.fml"]);
        assert!(failed(b"[]").is_err() && failed(b"").is_err());
    }
}
