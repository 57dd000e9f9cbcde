//! hls4ml's own tests: does hls4rs convert what they convert to the same graphs?

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::random::{predict_the_same, with_predictions};
use crate::process;
use crate::python::{self, Suite};
use crate::workspace::Workspace;

/// The environments that the tests run in; each runs those whose packages it has.
const SUITES: [Suite; 3] = [Suite::Keras, Suite::Keras3, Suite::Onnx];

/// What in the folder of tests converts nothing, or needs a network.
const LEFT_OUT: [&str; 2] = ["test_optimization", "test_fetch_example.py"];

/// Exit status of pytest where all tests ran and some failed: those that need other packages do.
const SOME_FAILED: i32 = 1;

/// Which of hls4ml's tests run.
pub(super) struct Options {
    /// The folder `test/pytest` of hls4ml's source distribution.
    pub(super) tests: PathBuf,
    /// How many of a hundred tests.
    pub(super) sampled: usize,
    /// How many of a hundred of their models are compiled.
    pub(super) compiled: usize,
}

/// Runs the tests up to their conversions, and compares the graph as it is built and behind each flow; for models that are
/// compiled, also what is predicted from the source alone.
pub(super) fn check(workspace: &Workspace, options: &Options) -> Result<bool> {
    let mut agree = true;
    for suite in SUITES {
        let folder = workspace.target.join("conformance/upstream").join(suite.name());
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        convert(workspace, options, suite, &folder)?;
        let cases = fs::read_dir(&folder)?.flatten().filter(|case| case.path().join("stages.json").exists());
        println!("{}: {} conversions of hls4ml's tests", suite.name(), cases.count());
        let mut stages = workspace.cargo_run("hls4rs-stages", "stages");
        agree &= process::status(stages.arg(&folder))?.success();
        if with_predictions(&folder)? > 0 {
            agree &= predict_the_same(workspace, &folder)?;
        }
    }
    Ok(agree)
}

/// Runs the tests of a suite, which leave their conversions in the folder.
fn convert(workspace: &Workspace, options: &Options, suite: Suite, folder: &Path) -> Result<()> {
    let tests = std::path::absolute(&options.tests)?;
    ensure!(
        tests.join("conftest.py").is_file(),
        "{}: expected the folder `test/pytest` of hls4ml's source distribution, found no `conftest.py` in it",
        tests.display()
    );
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut command = Command::new(python::interpreter(workspace, suite)?);
    command.args([
        "-m",
        "pytest",
        "-p",
        "upstream_suite",
        "-q",
        "--continue-on-collection-errors",
        "--tb",
        "no",
    ]);
    command.args(["-p", "no:cacheprovider", "-W", "ignore", "--stages", "--conversions"]).arg(folder);
    command.args(["--sampled", &options.sampled.to_string(), "--compiled", &options.compiled.to_string()]);
    command.args(LEFT_OUT.iter().map(|name| format!("--ignore={}", tests.join(name).display())));
    command.arg(&tests).current_dir(folder);
    command.env("PYTHONPATH", workspace.root.join("tests/python")).env("PYTHONDONTWRITEBYTECODE", "1");
    // hls4ml saves the names of applied passes in the order of a set
    command.env("PYTHONHASHSEED", "0").env("KERAS_BACKEND", "tensorflow").env("TF_CPP_MIN_LOG_LEVEL", "3");
    let status = process::status(&mut command)?;
    ensure!(
        status.success() || status.code() == Some(SOME_FAILED),
        "{}: pytest ended with {status}",
        process::shown(&command)
    );
    Ok(())
}
