//! The workspace as `cargo metadata` describes it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// The workspace around the current directory.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// The top folder.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    /// The members.
    pub(crate) packages: Vec<Package>,
}

/// A member of the workspace.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
    /// Registries it may be published to; none of them if the list is empty.
    #[serde(default)]
    pub(crate) publish: Option<Vec<String>>,
}

impl Package {
    /// Is it meant for users?
    pub(crate) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }
}

/// A line of a package's manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Absent for normal ones, else `dev` or `build`.
    #[serde(default)]
    pub(crate) kind: Option<String>,
}

impl Dependency {
    /// Is it used by tests alone?
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// Cargo itself: the one that runs this program, if any.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

impl Workspace {
    /// Asks cargo about the workspace around the current directory.
    pub(crate) fn load() -> Result<Self> {
        let json = process::output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        serde_json::from_str(&json).context("output of `cargo metadata`")
    }

    /// Cargo, started in the top folder.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }

    /// Runs a release build of a binary in the caller's directory.
    pub(crate) fn cargo_run(&self, package: &str, bin: &str) -> Command {
        let mut command = cargo();
        command.args(["run", "--release", "--quiet", "--package", package, "--bin", bin]);
        command.arg("--manifest-path").arg(self.root.join("Cargo.toml")).arg("--");
        command
    }

    /// Builds a binary in release and returns its path.
    pub(crate) fn release_binary(&self, package: &str, bin: &str) -> Result<PathBuf> {
        process::run(self.cargo().args([
            "build",
            "--release",
            "--quiet",
            "--package",
            package,
            "--bin",
            bin,
        ]))?;
        Ok(self.target.join("release").join(bin).with_extension(std::env::consts::EXE_EXTENSION))
    }

    /// The folder of what the project shares with others, beside the checkout, if it is there.
    pub(crate) fn shared(&self, name: &str) -> Option<PathBuf> {
        let folder = self.root.parent()?.join("shared").join(name);
        folder.is_dir().then_some(folder)
    }
}
