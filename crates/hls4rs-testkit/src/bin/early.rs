//! Predicts from models that hls4ml saved before and behind the flow that gives layers the backend's types, and compares.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use hls4rs::PredictOptions;
use hls4rs::backend::specialize;
use hls4rs::emulator::Plan;
use hls4rs::prelude::*;
use serde_json::Value;

/// Predicts from models that hls4ml saved before and behind the flow that gives layers the backend's types, and compares.
#[derive(Parser)]
struct Arguments {
    /// The folder with the cases: archives behind each flow, and `stages.json`.
    folder: PathBuf,
    /// Look only at cases with this in their path.
    #[arg(long, default_value = "")]
    only: String,
    /// Random samples for each model.
    #[arg(long, default_value_t = 4)]
    samples: usize,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&arguments.folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.to_string_lossy().contains(&arguments.only)) {
        let Some((early, late)) = archives(folder)? else { continue };
        let outcome = match compare(&early, &late, arguments.samples) {
            Ok(outcome) => outcome,
            Err(error) => {
                println!("{}: {error:#}", folder.display());
                "differ"
            }
        };
        *counts.entry(outcome).or_default() += 1;
    }
    for (outcome, count) in &counts {
        println!("{outcome:<12} {count:>6}");
    }
    Ok(if counts.contains_key("differ") { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The archive behind the backend's flow `optimize`, and the last one.
fn archives(folder: &Path) -> Result<Option<(PathBuf, PathBuf)>> {
    let path = folder.join("stages.json");
    if !path.is_file() {
        return Ok(None);
    }
    let stages: Vec<Value> = serde_json::from_slice(&fs::read(&path)?)?;
    let file = |stage: &Value| Some(folder.join(stage.get("file")?.as_str()?));
    let is_early = |stage: &&Value| {
        stage.get("flow").and_then(Value::as_str).is_some_and(|flow| flow.ends_with(":optimize"))
    };
    let early = stages.iter().rfind(is_early).and_then(file);
    Ok(early.zip(stages.last().and_then(file)))
}

/// Both predict the same bits, or both refuse.
fn compare(early: &Path, late: &Path, samples: usize) -> Result<&'static str> {
    let (early, late) = (Model::open(early)?, Model::open(late)?);
    let expected = match predict(&late, samples) {
        Ok(expected) => expected,
        Err(refused) => {
            return match predict(&early, samples) {
                Err(_) => Ok("refuse"),
                Ok(_) => Err(refused.context("only the last archive is refused")),
            };
        }
    };
    let found = predict(&early, samples).context("only the early archive is refused")?;
    ensure!(expected.len() == found.len(), "expected {} outputs, found {}", expected.len(), found.len());
    for (number, (expected, found)) in expected.iter().zip(&found).enumerate() {
        let bits = |array: &Tensor| -> Result<Vec<u64>> { Ok(array.iter_f64()?.map(f64::to_bits).collect()) };
        ensure!(bits(expected)? == bits(found)?, "output {number}: other values");
    }
    Ok("equal")
}

fn predict(model: &Model, samples: usize) -> Result<Vec<Tensor>> {
    let plan = Plan::new(&specialize(&model.graph)?)?;
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0) * 4.0
    };
    let mut inputs = Vec::new();
    for port in plan.inputs() {
        let shape = [&[samples], port.shape.as_slice()].concat();
        inputs.push(Tensor::new(&shape, (0..samples * port.len()).map(|_| random()).collect())?);
    }
    Ok(plan.predict(&inputs, PredictOptions::default())?.outputs)
}
