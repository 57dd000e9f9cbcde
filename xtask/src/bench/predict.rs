//! `cargo xtask bench-predict`: predictions, ours and hls4ml's in one run on one machine.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use crate::process;
use crate::python::{self, Suite};
use crate::workspace::Workspace;

/// Arguments of `cargo xtask bench-predict`.
#[derive(Args)]
#[command(after_help = python::HELP)]
pub(crate) struct Arguments {
    /// The archives, each with its recorded inputs and outputs in an `.npz` file of the same name; by default the four
    /// networks beside the checkout.
    models: Vec<PathBuf>,
}

/// Measures, and prints times and ratios.
///
/// `trace` is the time of a prediction with a trace of all layers, as a multiple of that without: of so many `samples` at a
/// time, in memory that is used again. `new` is the same in new memory. `Gmul/s` are multiplications of the model's definition per
/// second in a batch, `f32` and `i32` what part that is of what one core can do from registers, in the lanes that exact kernels
/// compute with and in those of integers; kernels may do fewer, where weights are zero.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let python = python::interpreter(workspace, Suite::Keras)?;
    let ours = workspace.release_binary("hls4rs-testkit", "predict")?;
    let script = workspace.root.join("tests/python/predict_bench.py");
    let models = if arguments.models.is_empty() {
        let folder = workspace.shared("bench").context("expected archives, found none")?;
        ["jet", "lstm", "svhn", "resnet"].map(|name| folder.join(format!("{name}.fml"))).to_vec()
    } else {
        arguments.models.clone()
    };
    println!(
        "{:<8} {:>13} {:>13} {:>7} {:>11} {:>7} {:>11} {:>7} {:>7} {:>7} {:>7} {:>7} {:>5} {:>5} {:>12} {:>12} {:>8}",
        "model",
        "hls4ml",
        "hls4rs batch",
        "ratio",
        "one by one",
        "allocs",
        "all cores",
        "speedup",
        "samples",
        "trace",
        "new",
        "Gmul/s",
        "f32",
        "i32",
        "compile+1st",
        "open+1st",
        "ratio"
    );
    for model in &models {
        let io = model.with_extension("npz");
        let mut theirs = Command::new(&python);
        theirs.arg(&script).arg(model).arg("--io").arg(&io);
        theirs.env("PYTHONDONTWRITEBYTECODE", "1").env("TF_CPP_MIN_LOG_LEVEL", "3");
        let theirs = measured(&mut theirs)?;
        let ours = measured(Command::new(&ours).arg(model).arg(&io))?;
        println!("{}", line(model, &theirs, &ours));
    }
    Ok(ExitCode::SUCCESS)
}

fn measured(command: &mut Command) -> Result<Value> {
    serde_json::from_str(&process::output(command)?).context("measurements")
}

fn line(model: &Path, theirs: &Value, ours: &Value) -> String {
    let of = |from: &Value, key: &str| from.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let name = model.file_stem().unwrap_or_default().to_string_lossy();
    let sample = of(theirs, "sample_s") * 1e6;
    let batch = of(ours, "batch_ns") / 1e3;
    let all = of(ours, "batch_all_threads_ns") / 1e3;
    let first = of(theirs, "first_s") * 1e3;
    let rate = of(ours, "multiplications") / of(ours, "batch_ns");
    let ours_first = of(ours, "first_prediction_ms");
    format!(
        "{name:<8} {sample:>10.2} µs {batch:>10.3} µs {:>7.1} {:>8.3} µs {:>7} {all:>8.3} µs {:>7.2} {:>7} {:>7.2} {:>7.2} {rate:>7.2} {:>4.0}% {:>4.0}% {first:>9.0} ms {ours_first:>9.2} ms {:>8.0}",
        sample / batch,
        of(ours, "single_ns") / 1e3,
        of(ours, "single_allocations"),
        batch / all,
        of(ours, "samples"),
        of(ours, "batch_trace_ns") / 1e3 / batch,
        of(ours, "new_trace_ns") / of(ours, "new_ns"),
        rate * 1e11 / of(ours, "peak_f32"),
        rate * 1e11 / of(ours, "peak_i32"),
        first / ours_first,
    )
}
