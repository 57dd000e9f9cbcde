//! Python environments with pinned packages, made when they are needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::process;
use crate::workspace::Workspace;

/// The version that the requirements are pinned for.
const VERSION: &str = "3.11";

/// Copy of the requirements inside an environment, written when it is complete.
const STAMP: &str = "requirements.txt";

/// A set of packages, named after the suite of goldens that needs it.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Suite {
    /// hls4ml with Keras and QKeras.
    Keras,
    /// hls4ml with Keras 3 and HGQ2.
    Keras3,
    /// hls4ml with ONNX and QONNX.
    Onnx,
    /// The release of hls4ml before.
    Old,
}

impl Suite {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Keras => "keras",
            Self::Keras3 => "keras3",
            Self::Onnx => "onnx",
            Self::Old => "old",
        }
    }

    fn requirements(self) -> &'static str {
        match self {
            Self::Keras => "tests/python/requirements-keras.txt",
            Self::Keras3 => "tests/python/requirements-keras3.txt",
            Self::Onnx => "tests/python/requirements-onnx.txt",
            Self::Old => "tests/python/requirements-hls4ml-1.2.txt",
        }
    }

    /// The variable that names an interpreter to use instead.
    fn variable(self) -> String {
        format!("HLS4RS_PYTHON_{}", self.name().to_uppercase())
    }
}

/// Text for the help of commands that run Python.
pub(crate) const HELP: &str = "Environment variables:
  HLS4RS_PYTHON_KERAS, HLS4RS_PYTHON_KERAS3, HLS4RS_PYTHON_ONNX, HLS4RS_PYTHON_OLD
          use this interpreter instead of making an environment from tests/python/requirements-*.txt";

/// The interpreter of the environment with the suite's packages, which is made if it is not there.
pub(crate) fn interpreter(workspace: &Workspace, suite: Suite) -> Result<PathBuf> {
    if let Some(python) = std::env::var_os(suite.variable()) {
        return Ok(python.into());
    }
    let requirements = workspace.root.join(suite.requirements());
    let folder = workspace.target.join("python").join(suite.name());
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !is_current(&folder, &requirements)? {
        make(&folder, &python, &requirements)?;
    }
    Ok(python)
}

/// Was the environment made from these requirements, as they are now?
fn is_current(folder: &Path, requirements: &Path) -> Result<bool> {
    let wanted = fs::read(requirements).with_context(|| requirements.display().to_string())?;
    Ok(fs::read(folder.join(STAMP)).is_ok_and(|installed| installed == wanted))
}

fn make(folder: &Path, python: &Path, requirements: &Path) -> Result<()> {
    eprintln!("making {} from {}", folder.display(), requirements.display());
    process::run(Command::new(base_python()?).args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = Command::new(python);
    process::run(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements))?;
    fs::copy(requirements, folder.join(STAMP)).with_context(|| folder.display().to_string())?;
    Ok(())
}

/// A Python of the right version.
fn base_python() -> Result<&'static str> {
    let asked = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
    let version = |name: &str| {
        let output = Command::new(name).args(asked).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if version("python3.11").is_some() {
        return Ok("python3.11");
    }
    let found = version("python3").context("python3: can not be started")?;
    ensure!(
        found == VERSION,
        "python3: expected {VERSION}, which the requirements are pinned for, found {found}"
    );
    Ok("python3")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_follow_their_requirements() {
        let dir = tempfile::tempdir().unwrap();
        let requirements = dir.path().join("wanted.txt");
        fs::write(&requirements, "numpy==1\n").unwrap();
        assert!(!is_current(dir.path(), &requirements).unwrap());
        fs::copy(&requirements, dir.path().join(STAMP)).unwrap();
        assert!(is_current(dir.path(), &requirements).unwrap());
        fs::write(&requirements, "numpy==2\n").unwrap();
        assert!(!is_current(dir.path(), &requirements).unwrap());
    }

    #[test]
    fn requirements_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for suite in Suite::value_variants() {
            assert!(root.join(suite.requirements()).is_file(), "{suite:?}");
        }
    }
}
