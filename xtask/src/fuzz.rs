//! `cargo xtask fuzz`: every target for some minutes, beginning with the goldens.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// The targets: programs of the crate in `fuzz`, functions of `hls4rs_tests::fuzz`.
const TARGETS: &[&str] =
    &["archive", "npy", "python_json", "precision", "layer_state", "onnx", "keras_h5", "keras"];

/// Arguments of `cargo xtask fuzz`.
#[derive(Args)]
#[command(
    after_help = "Needs cargo-fuzz (`cargo install cargo-fuzz`) and a nightly toolchain. What is found is in \
    fuzz/artifacts/TARGET; what was learned stays in fuzz/corpus/TARGET."
)]
pub(crate) struct Arguments {
    /// The targets; all if none is given.
    #[arg(value_name = "TARGET", value_parser = clap::builder::PossibleValuesParser::new(TARGETS))]
    targets: Vec<String>,
    /// Minutes per target.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
}

/// Runs the targets one after the other; the exit code is 1 if something was found.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    check_tools(workspace)?;
    let all: Vec<String> = TARGETS.iter().map(|&name| name.to_owned()).collect();
    let targets = if arguments.targets.is_empty() { &all } else { &arguments.targets };
    let mut rows = Vec::new();
    for target in targets {
        rows.push((target.as_str(), fuzz(workspace, target, arguments.minutes)?));
    }
    println!("{}", table(&rows));
    let is_clean = rows.iter().all(|(_, outcome)| outcome.findings.is_empty());
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Both are there, or an error that tells how to get them.
fn check_tools(workspace: &Workspace) -> Result<()> {
    let is_there = |arguments: &[&str]| {
        let mut command = nightly(workspace);
        let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    ensure!(is_there(&["--version"]), "no nightly toolchain: `rustup toolchain install nightly` gets it");
    ensure!(is_there(&["fuzz", "--version"]), "no cargo-fuzz: `cargo install cargo-fuzz` gets it");
    Ok(())
}

/// Cargo of the nightly toolchain, whatever toolchain runs this program.
fn nightly(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&workspace.root).arg("+nightly");
    for variable in ["CARGO", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}

/// What a run of the fuzzer says at its end.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    executions: u64,
    seconds: u64,
    /// Files with an input that breaks something.
    findings: Vec<String>,
}

fn fuzz(workspace: &Workspace, target: &str, minutes: u64) -> Result<Outcome> {
    let corpus = workspace.root.join("fuzz/corpus").join(target);
    let mut seeds = workspace.cargo_run("hls4rs-tests", "fuzz_seeds");
    process::run(seeds.arg(&corpus).arg(target))?;
    // there is no unsafe code to watch; without a sanitizer there are several times as many executions
    let mut command = nightly(workspace);
    command.args(["fuzz", "run", "--sanitizer", "none", target, "--"]);
    command.arg(format!("-max_total_time={}", 60 * minutes));
    command.arg(format!("-dict={}", workspace.root.join("fuzz/tokens.dict").display()));
    command.args(["-rss_limit_mb=1024", "-timeout=10", "-print_final_stats=1", "-verbosity=1"]);
    println!("==> {target}: {}", process::shown(&command));
    let log = workspace.root.join("fuzz/artifacts").join(format!("{target}.log"));
    fs::create_dir_all(workspace.root.join("fuzz/artifacts"))?;
    let file = fs::File::create(&log).with_context(|| log.display().to_string())?;
    let status = process::status(command.stderr(file))?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let outcome = Outcome::of(&text);
    let is_explained = status.success() || !outcome.findings.is_empty();
    ensure!(is_explained, "`{}`: {status}; see {}", process::shown(&command), log.display());
    Ok(outcome)
}

impl Outcome {
    /// The outcome by what libFuzzer prints.
    fn of(log: &str) -> Self {
        let number = |line: &str| line.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0);
        let mut outcome = Self::default();
        for line in log.lines() {
            if let Some(rest) = line.strip_prefix("stat::number_of_executed_units:") {
                outcome.executions = number(rest);
            } else if line.starts_with("Done ") {
                outcome.seconds = line.rsplit(" in ").next().map_or(0, number);
            } else if let Some((_, file)) = line.split_once("Test unit written to ") {
                outcome.findings.push(file.to_owned());
            }
        }
        outcome
    }
}

fn table(rows: &[(&str, Outcome)]) -> String {
    let mut text = format!("\n{:<12} {:>12} {:>8}  findings\n", "target", "executions", "seconds");
    for (target, outcome) in rows {
        let Outcome { executions, seconds, findings } = outcome;
        let findings = if findings.is_empty() { "none".to_owned() } else { findings.join(", ") };
        text.push_str(&format!("{target:<12} {executions:>12} {seconds:>8}  {findings}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO: Seed: 1\n#12 NEW cov: 1\nDone 5678 runs in 601 second(s)\n\
        stat::number_of_executed_units: 5678\nstat::average_exec_per_sec:     9\n";

    #[test]
    fn outcomes_are_read() {
        assert_eq!(Outcome::of(LOG), Outcome { executions: 5678, seconds: 601, findings: vec![] });
        let found = Outcome::of("artifact_prefix='a/'; Test unit written to a/crash-1\n");
        assert_eq!(found.findings, ["a/crash-1"]);
    }

    #[test]
    fn outcomes_are_listed() {
        let text = table(&[("npy", Outcome::of(LOG))]);
        assert!(text.ends_with("npy                  5678      601  none\n"), "{text}");
    }

    #[test]
    fn every_target_is_a_program() {
        let manifest = include_str!("../../fuzz/Cargo.toml");
        for target in TARGETS {
            assert!(manifest.contains(&format!("name = \"{target}\"\n")), "{target}");
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
    }
}
