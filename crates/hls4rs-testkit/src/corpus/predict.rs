//! Does the emulator predict what hls4ml's compiled project predicted?

use std::fs;

use anyhow::{Context, Result, ensure};
use hls4rs::archive::read_npz;
use hls4rs::backend::specialize;
use hls4rs::emulator::{Plan, PredictOptions};
use hls4rs::types::{DType, Tensor};
use serde_json::Value;

use super::{Case, Verdict};

/// Most differences that a message shows.
const SHOWN: usize = 3;

/// Compares the outputs for the recorded inputs, with fast kernels and without. Outputs that hls4ml itself does not give again
/// need not agree.
pub(super) fn predict(case: &Case) -> Result<Verdict> {
    let verdict = predict_recorded(case);
    if verdict.is_err() && is_chance(case) {
        return Ok(Verdict::Excluded(
            "hls4ml's own predictions depend on memory that nobody wrote".to_owned(),
        ));
    }
    verdict
}

/// Does the description say that the outputs are not reproducible?
fn is_chance(case: &Case) -> bool {
    let description = fs::read(case.folder.join("case.json")).ok();
    let description: Option<Value> = description.and_then(|json| serde_json::from_slice(&json).ok());
    description.is_some_and(|description| description.get("reproducible") == Some(&Value::Bool(false)))
}

fn predict_recorded(case: &Case) -> Result<Verdict> {
    let path = case.folder.join("io.npz");
    let is_superseded = case.name.ends_with("converted.fml") && case.folder.join("predicted.fml").exists();
    if !path.exists() || is_superseded {
        return Ok(Verdict::DoesNotApply);
    }
    let model = case.model()?;
    let arrays = read_npz("io.npz", &fs::read(&path).with_context(|| format!("{}", path.display()))?)?;
    let numbered = |letter: char| -> Result<Vec<Tensor>> {
        let arrays = (0..).map_while(|number| arrays.get(&format!("{letter}{number}")));
        let rows: Vec<Tensor> = arrays.map(rows).collect::<Result<_>>()?;
        ensure!(!rows.is_empty(), "io.npz: expected `{letter}0`, found none");
        Ok(rows)
    };
    let (inputs, expected) = (numbered('x')?, numbered('y')?);
    let specialized = specialize(&model.graph)?;
    let plan = Plan::new(&specialized)?;
    for reference in [true, false] {
        let form = if reference { "reference" } else { "fast" };
        let found = plan.predict(&inputs, PredictOptions::default().with_reference(reference))?.outputs;
        ensure!(expected.len() == found.len(), "expected {} outputs, found {}", expected.len(), found.len());
        for (number, (expected, found)) in expected.iter().zip(&found).enumerate() {
            compare(expected, &rows(found)?).with_context(|| format!("{form} kernels: y{number}"))?;
        }
    }
    Ok(Verdict::Passed)
}

/// The array with one row per sample.
fn rows(array: &Tensor) -> Result<Tensor> {
    let samples = array.shape().first().copied().unwrap_or(1);
    let shape = [samples, array.len() / samples.max(1)];
    Ok(match array.dtype() {
        DType::F32 => Tensor::new(&shape, array.view::<f32>()?.iter().copied().collect())?,
        _ => Tensor::new(&shape, array.iter_f64()?.collect::<Vec<f64>>())?,
    })
}

/// Compares two arrays bit by bit.
fn compare(expected: &Tensor, found: &Tensor) -> Result<()> {
    ensure!(
        expected.shape() == found.shape(),
        "expected samples and elements {:?}, found {:?}",
        expected.shape(),
        found.shape()
    );
    let columns = expected.shape().get(1).copied().unwrap_or(1).max(1);
    let values = expected.iter_f64()?.zip(found.iter_f64()?).enumerate();
    let differing: Vec<(usize, (f64, f64))> =
        values.filter(|(_, (expected, found))| expected.to_bits() != found.to_bits()).collect();
    let shown: Vec<String> = differing
        .iter()
        .take(SHOWN)
        .map(|(index, (expected, found))| {
            format!("sample {}, [{}]: expected {expected}, found {found}", index / columns, index % columns)
        })
        .collect();
    ensure!(differing.is_empty(), "{} values differ: {}", differing.len(), shown.join("; "));
    Ok(())
}
