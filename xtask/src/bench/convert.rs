//! `cargo xtask bench-convert`: the time to convert source models, ours and hls4ml's in one run on one machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::summary::median;
use crate::process;
use crate::python::{self, Suite};
use crate::spread::spread;
use crate::workspace::Workspace;

/// Endings of source models, and what of Python reads them.
const KINDS: [(&str, Suite); 3] = [("h5", Suite::Keras), ("keras", Suite::Keras3), ("onnx", Suite::Onnx)];

/// Arguments of `cargo xtask bench-convert`.
#[derive(Args)]
#[command(after_help = python::HELP)]
pub(crate) struct Arguments {
    /// Folders with source models and their configurations.
    corpus: PathBuf,
    /// Endings of the source models, of `h5`, `keras` and `onnx`.
    #[arg(long, value_name = "ENDING")]
    kind: Vec<String>,
    /// Source models of each kind, spread evenly, that are converted in one process.
    #[arg(long, default_value_t = 60)]
    files: usize,
    /// Conversions of each of them.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Source models of each kind, spread evenly, that are converted by processes of their own.
    #[arg(long, default_value_t = 10)]
    processes: usize,
    /// Write all measurements to this file.
    #[arg(long, value_name = "OUT")]
    json: Option<PathBuf>,
}

/// What a program measured of a source model: seconds of each round, or why it was refused.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
struct Sample {
    convert_s: Vec<f64>,
    /// What it took to load the file before, where the program does that apart.
    #[serde(default)]
    load_s: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

type Samples = BTreeMap<String, Sample>;

impl Sample {
    /// Median seconds from the file to the converted model.
    fn seconds(&self) -> f64 {
        median(&self.convert_s) + if self.load_s.is_empty() { 0.0 } else { median(&self.load_s) }
    }
}

/// Seconds of hls4ml and of hls4rs for one source model.
#[derive(Debug, Clone, Serialize)]
struct Pair {
    file: String,
    hls4ml_s: f64,
    hls4rs_s: f64,
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.hls4ml_s / self.hls4rs_s
    }
}

/// What was measured of a kind of source models.
#[derive(Debug, Serialize)]
struct Measured {
    kind: &'static str,
    /// From the file to the converted model, in a process that runs.
    within: Vec<Pair>,
    /// The same, but that hls4ml has its model in memory.
    in_memory: Vec<Pair>,
    whole: Vec<Pair>,
    left_out: Vec<String>,
}

/// Measures, and prints medians, ratios and their spread.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let library = workspace.release_binary("hls4rs-testkit", "convert")?;
    let command = workspace.release_binary("hls4rs-cli", "hls4rs")?;
    let corpus = std::path::absolute(&arguments.corpus)?;
    if let Some(kind) = arguments.kind.iter().find(|kind| KINDS.iter().all(|(known, _)| known != kind)) {
        bail!("--kind: expected one of `h5`, `keras`, `onnx`, found `{kind}`");
    }
    let wanted = |kind: &str| arguments.kind.is_empty() || arguments.kind.iter().any(|wanted| wanted == kind);
    let mut all = Vec::new();
    for (kind, suite) in KINDS.into_iter().filter(|(kind, _)| wanted(kind)) {
        let sources = sources(&corpus, kind)?;
        ensure!(!sources.is_empty(), "{}: expected `*/source.{kind}`, found none", corpus.display());
        let python = python::interpreter(workspace, suite)?;
        let script = workspace.root.join("tests/python/convert_bench.py");
        let files: Vec<&PathBuf> = spread(&sources, arguments.files).collect();
        eprintln!("{kind}: {} source models in one process", files.len());
        let theirs = samples(hls4ml(&python, &script), arguments.rounds, &files)?;
        let ours = samples(Command::new(&library), arguments.rounds, &files)?;
        let mut measured = pairs(kind, &theirs, &ours);
        ensure!(!measured.within.is_empty(), "{kind}: nothing measured; {}", measured.left_out.join("; "));
        let possible: Vec<&PathBuf> = sources
            .iter()
            .filter(|path| measured.within.iter().any(|pair| Path::new(&pair.file) == path.as_path()))
            .collect();
        for &path in spread(&possible, arguments.processes) {
            measured.whole.push(whole(&python, &script, &command, path)?);
        }
        print(&measured);
        all.push(measured);
    }
    if let Some(out) = &arguments.json {
        fs::write(out, serde_json::to_vec_pretty(&all)?).with_context(|| out.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn hls4ml(python: &Path, script: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(script).env("PYTHONDONTWRITEBYTECODE", "1").stderr(Stdio::null());
    command
}

fn samples(mut command: Command, rounds: usize, files: &[&PathBuf]) -> Result<Samples> {
    // what frameworks tell would hide the figures
    let output = command.args(["--rounds", &rounds.to_string()]).args(files).stderr(Stdio::null()).output();
    let output = output.with_context(|| format!("`{}`: can not be started", process::shown(&command)))?;
    ensure!(output.status.success(), "`{}`: {}", process::shown(&command), output.status);
    let json = String::from_utf8(output.stdout).context("measurements")?;
    serde_json::from_str(&json).context("measurements")
}

/// The medians of both programs for the source models that both convert.
fn pairs(kind: &'static str, theirs: &Samples, ours: &Samples) -> Measured {
    let mut measured =
        Measured { kind, within: Vec::new(), in_memory: Vec::new(), whole: Vec::new(), left_out: Vec::new() };
    for (file, our) in ours {
        let Some(their) = theirs.get(file) else {
            measured.left_out.push(format!("{file}: not measured by hls4ml"));
            continue;
        };
        if let Some(error) = their.error.as_ref().or(our.error.as_ref()) {
            measured.left_out.push(format!("{file}: {error}"));
            continue;
        }
        let [hls4ml_s, hls4rs_s] = [their, our].map(Sample::seconds);
        measured.within.push(Pair { file: file.clone(), hls4ml_s, hls4rs_s });
        let hls4ml_s = median(&their.convert_s);
        measured.in_memory.push(Pair { file: file.clone(), hls4ml_s, hls4rs_s });
    }
    measured
}

/// What a user waits for: process start, imports, reading and, with hls4rs, saving.
fn whole(python: &Path, script: &Path, program: &Path, path: &Path) -> Result<Pair> {
    let folder = tempfile::tempdir()?;
    let mut theirs = hls4ml(python, script);
    theirs.args(["--cold", "--rounds", "1"]).arg(path);
    let mut ours = Command::new(program);
    ours.arg("convert").arg(path).arg("--config").arg(path.with_file_name("config.json"));
    ours.arg("-o").arg(folder.path().join("model.fml")).stderr(Stdio::null());
    let seconds = |command: &mut Command| -> Result<f64> {
        let start = Instant::now();
        let status = process::status(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        ensure!(status.success(), "`{}`: {status}", process::shown(command));
        Ok(start.elapsed().as_secs_f64())
    };
    let [mut hls4ml_s, mut hls4rs_s] = [f64::INFINITY; 2];
    for _ in 0..3 {
        hls4rs_s = hls4rs_s.min(seconds(&mut ours)?);
        hls4ml_s = hls4ml_s.min(seconds(&mut theirs)?);
    }
    Ok(Pair { file: path.display().to_string(), hls4ml_s, hls4rs_s })
}

/// Source models in the folders below one.
fn sources(corpus: &Path, kind: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(corpus).with_context(|| corpus.display().to_string())? {
        let path = entry?.path().join("source").with_extension(kind);
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn print(measured: &Measured) {
    let all = [
        ("from the file", &measured.within),
        ("hls4ml's model in memory", &measured.in_memory),
        ("whole processes", &measured.whole),
    ];
    for (what, pairs) in all {
        println!("{}, {what}: {}", measured.kind, line(pairs));
    }
    for reason in &measured.left_out {
        println!("left out: {reason}");
    }
}

/// Medians, and the spread of the ratio.
fn line(pairs: &[Pair]) -> String {
    let Some(least) = pairs.iter().min_by(|a, b| a.ratio().total_cmp(&b.ratio())) else {
        return "nothing measured".to_owned();
    };
    let middle = |of: fn(&Pair) -> f64| median(&pairs.iter().map(of).collect::<Vec<_>>());
    let name = Path::new(&least.file).parent().and_then(Path::file_name).unwrap_or_default();
    format!(
        "{} source models, medians {:.2} ms by hls4ml, {:.3} ms by hls4rs, {:.0} times; least {:.1} times ({})",
        pairs.len(),
        middle(|pair| pair.hls4ml_s * 1e3),
        middle(|pair| pair.hls4rs_s * 1e3),
        middle(Pair::ratio),
        least.ratio(),
        name.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_models_that_one_side_refuses_are_left_out() {
        let sample = |seconds: &[f64]| Sample { convert_s: seconds.to_vec(), ..Sample::default() };
        let refused = Sample { error: Some("refused".to_owned()), ..Sample::default() };
        let theirs = Samples::from([("a".to_owned(), sample(&[3.0, 1.0, 2.0])), ("b".to_owned(), refused)]);
        let ours =
            ["a", "b", "c"].map(|name| (name.to_owned(), sample(&[0.1, 0.1, 0.1]))).into_iter().collect();
        let measured = pairs("h5", &theirs, &ours);
        assert_eq!(measured.left_out, ["b: refused", "c: not measured by hls4ml"]);
        let ratios: Vec<f64> = measured.within.iter().map(Pair::ratio).collect();
        assert!(ratios.len() == 1 && (ratios[0] - 20.0).abs() < 1e-9, "{ratios:?}");
        assert!(line(&measured.within).starts_with("1 source models, medians 2000.00 ms by hls4ml"));
        assert_eq!(line(&[]), "nothing measured");
        let loaded = Sample { load_s: vec![4.0], ..sample(&[1.0]) };
        assert!((loaded.seconds() - 5.0).abs() < 1e-9);
    }
}
