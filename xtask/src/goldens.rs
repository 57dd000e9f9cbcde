//! `cargo xtask goldens`: the golden files, made with hls4ml.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use crate::process;
use crate::python::{self, Suite};
use crate::workspace::Workspace;

/// What all goldens together may have.
const LIMIT_BYTES: u64 = 5 << 20;

/// The golden that the binary carries for `hls4rs demo`, and where its files go.
const DEMO_FILES: &[(&str, &str)] = &[
    ("goldens/qkeras_cnn-vivado-io_parallel/model.fml", "demo.fml"),
    ("goldens/qkeras_cnn-vivado-io_parallel/io.npz", "demo_io.npz"),
    ("sources/qkeras_cnn.h5", "demo.h5"),
];
const DEMO_FOLDER: &str = "crates/hls4rs-cli/assets";

/// Arguments of `cargo xtask goldens`.
#[derive(Args)]
#[command(after_help = python::HELP)]
pub(crate) struct Arguments {
    /// The suites to make; all if none is given.
    #[arg(long)]
    suite: Vec<Suite>,
    /// One case, or all cases of one model, of the one suite given.
    #[arg(long, value_name = "NAME", requires = "suite")]
    only: Option<String>,
}

/// Makes the suites, copies the demo and checks the size of the folder.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let all = Suite::value_variants();
    let suites = if arguments.suite.is_empty() { all } else { &arguments.suite };
    ensure!(
        arguments.only.is_none() || suites.len() == 1,
        "--only: expected one --suite, found {}",
        suites.len()
    );
    let folder = workspace.root.join("tests/goldens");
    let specialized = workspace.root.join("tests/specialized");
    let sources = workspace.root.join("tests/sources");
    for suite in suites {
        let only = arguments.only.as_deref();
        make(workspace, *suite, only, &["goldens.py"], &folder)?;
        if *suite != Suite::Old {
            make(workspace, *suite, only, &["goldens.py", "--sources"], &sources)?;
        }
        if [Suite::Keras, Suite::Onnx].contains(suite) {
            make(workspace, *suite, only, &["specialized.py"], &specialized)?;
        }
        if arguments.only.is_none() && [Suite::Keras, Suite::Old].contains(suite) {
            make_migrations(workspace, *suite)?;
        }
    }
    copy_demo(&workspace.root)?;
    let size = size(&folder)? + size(&specialized)? + size(&sources)?;
    println!("{}: {:.2} MiB", folder.display(), size as f64 / f64::from(1 << 20));
    ensure!(size <= LIMIT_BYTES, "goldens: expected at most {LIMIT_BYTES} bytes, found {size}");
    Ok(ExitCode::SUCCESS)
}

/// Runs a script, and puts what it makes into a folder.
fn make(
    workspace: &Workspace,
    suite: Suite,
    only: Option<&str>,
    script: &[&str],
    folder: &Path,
) -> Result<()> {
    let mut command = Command::new(python::interpreter(workspace, suite)?);
    let (script, flags) = script.split_first().context("expected a script, found none")?;
    command.arg(workspace.root.join("tests/python").join(script)).args(flags);
    command.args(["--suite", suite.name(), "--out"]).arg(folder);
    if let Some(name) = only {
        command.args(["--only", name]);
    }
    process::run(command.env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// The same models by the hls4ml of the suite: before and after of migrations.
fn make_migrations(workspace: &Workspace, suite: Suite) -> Result<()> {
    let mut command = Command::new(python::interpreter(workspace, suite)?);
    command.arg(workspace.root.join("tests/python/migrations.py"));
    command.arg("--out").arg(workspace.root.join("tests/migrations"));
    process::run(command.env("PYTHONDONTWRITEBYTECODE", "1"))
}

fn copy_demo(root: &Path) -> Result<()> {
    let folder = root.join(DEMO_FOLDER);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for (from, to) in DEMO_FILES {
        let from = root.join("tests").join(from);
        fs::copy(&from, folder.join(to)).with_context(|| from.display().to_string())?;
    }
    Ok(())
}

/// Bytes of all files below the folder.
fn size(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        size += if metadata.is_dir() { self::size(&entry.path())? } else { metadata.len() };
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_is_the_golden() {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = 0;
        for (from, _) in DEMO_FILES {
            let golden = dir.path().join("tests").join(from);
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(golden, from).unwrap();
            bytes += 2 * u64::try_from(from.len()).unwrap();
        }
        copy_demo(dir.path()).unwrap();
        for (from, to) in DEMO_FILES {
            assert_eq!(fs::read(dir.path().join(DEMO_FOLDER).join(to)).unwrap(), from.as_bytes());
        }
        assert_eq!(size(dir.path()).unwrap(), bytes);
    }

    #[test]
    fn demo_on_disk_is_current() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (from, to) in DEMO_FILES {
            let golden = fs::read(root.join("tests").join(from)).unwrap();
            assert_eq!(fs::read(root.join(DEMO_FOLDER).join(to)).unwrap(), golden, "{to}");
        }
    }
}
