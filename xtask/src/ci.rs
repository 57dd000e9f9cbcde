//! `cargo xtask ci`: exactly what CI runs.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask ci`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Leave out what builds in release: the reference pages and the shared archives.
    #[arg(long)]
    quick: bool,
}

/// Shared folders of archives: converted graphs, and graphs before and between the flows.
const ARCHIVES: &[&str] = &["corpus", "stages"];

/// A command with a name.
struct Step {
    name: &'static str,
    command: Command,
}

/// Runs the steps up to the first that fails, then prints what each took.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut times = Vec::new();
    let mut failed = None;
    for Step { name, mut command } in steps(workspace, arguments.quick)? {
        println!("==> {name}: {}", process::shown(&command));
        let start = Instant::now();
        let status = process::status(&mut command)?;
        times.push((name, start.elapsed()));
        if !status.success() {
            failed = Some(name);
            break;
        }
    }
    println!("{}", table(&times));
    Ok(match failed {
        Some(name) => {
            println!("failed: {name}");
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    })
}

/// The steps in order; those whose material is not there are left out.
fn steps(workspace: &Workspace, quick: bool) -> Result<Vec<Step>> {
    let locked: &[&str] = if workspace.root.join("Cargo.lock").is_file() { &["--locked"] } else { &[] };
    let cargo = |arguments: &[&str]| {
        let mut command = workspace.cargo();
        command.args(arguments);
        command
    };
    let xtask = std::env::current_exe().context("the path of this program")?;
    let this = |arguments: &[&str]| {
        let mut command = Command::new(&xtask);
        command.args(arguments).current_dir(&workspace.root);
        command
    };
    let mut doc = cargo(&[&["doc", "--workspace", "--no-deps"], locked].concat());
    doc.env("RUSTDOCFLAGS", "-D warnings");
    let clippy = [&["clippy", "--workspace", "--all-targets"], locked, &["--", "-D", "warnings"]].concat();
    let mut steps = vec![
        Step { name: "test", command: cargo(&[&["test", "--workspace"], locked].concat()) },
        Step { name: "tidy", command: this(&["tidy"]) },
        Step { name: "clippy", command: cargo(&clippy) },
        Step { name: "fmt", command: this(&["fmt", "--check"]) },
        Step { name: "doc", command: doc },
    ];
    if !quick && workspace.root.join("docs/reference").is_dir() {
        steps.push(Step { name: "reference", command: this(&["reference", "--check"]) });
    }
    for name in ARCHIVES.iter().filter(|_| !quick) {
        if let Some(folder) = workspace.shared(name) {
            let mut command = this(&["corpus"]);
            command.arg(folder);
            steps.push(Step { name, command });
        }
    }
    if !quick && let Some(folder) = workspace.shared("stages") {
        for (name, options) in [("flows", None), ("chains", Some("--chain")), ("sources", Some("--source"))] {
            let mut command = this(&["flows"]);
            command.arg(&folder).args(options);
            steps.push(Step { name, command });
        }
    }
    Ok(steps)
}

fn table(times: &[(&str, Duration)]) -> String {
    let row = |name: &str, time: Duration| format!("{name:<10} {:>8.1} s\n", time.as_secs_f64());
    let rows: String = times.iter().map(|(name, time)| row(name, *time)).collect();
    let total = times.iter().map(|(_, time)| *time).sum();
    format!("\n{rows}{}", row("in all", total))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn workspace(root: &Path) -> Workspace {
        Workspace { root: root.to_owned(), target: root.join("target"), packages: Vec::new() }
    }

    fn names(root: &Path, quick: bool) -> Vec<&'static str> {
        steps(&workspace(root), quick).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn steps_follow_the_material() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("checkout");
        std::fs::create_dir_all(root.join("docs/reference")).unwrap();
        std::fs::create_dir_all(dir.path().join("shared/corpus")).unwrap();
        std::fs::create_dir_all(dir.path().join("shared/stages")).unwrap();
        let always = ["test", "tidy", "clippy", "fmt", "doc"];
        assert_eq!(names(&root, true), always);
        assert_eq!(
            names(&root, false),
            [&always[..], &["reference", "corpus", "stages", "flows", "chains", "sources"]].concat()
        );
        assert_eq!(names(&dir.path().join("elsewhere/checkout"), false), always);
    }

    #[test]
    fn the_lock_file_is_respected() {
        let dir = tempfile::tempdir().unwrap();
        let shown =
            |index: usize| process::shown(&steps(&workspace(dir.path()), true).unwrap()[index].command);
        assert!(shown(0).ends_with("test --workspace"));
        std::fs::write(dir.path().join("Cargo.lock"), "").unwrap();
        assert!(shown(0).ends_with("test --workspace --locked"));
        assert!(shown(2).ends_with("clippy --workspace --all-targets --locked -- -D warnings"));
    }

    #[test]
    fn times_are_summed() {
        let times = [("test", Duration::from_millis(1500)), ("tidy", Duration::from_millis(500))];
        assert_eq!(table(&times), "\ntest            1.5 s\ntidy            0.5 s\nin all          2.0 s\n");
    }
}
