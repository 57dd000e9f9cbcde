//! Does the emulator predict what hls4ml's compiled project predicted?

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use hls4rs::archive::read_npz;
use hls4rs::backend::specialize;
use hls4rs::emulator::{CustomKernel, CustomKernels, Plan, PredictOptions};
use hls4rs::fixed::Fixed;
use hls4rs::prelude::Model;
use hls4rs::types::{DType, Tensor};
use serde_json::Value;

use super::{Case, Verdict};

/// Most differences that a message shows.
const SHOWN: usize = 3;

/// Inputs and outputs that were recorded.
pub(super) struct Recorded {
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
}

impl Recorded {
    /// What was recorded for a case, if anything.
    pub(super) fn of(case: &Case) -> Result<Option<Self>> {
        let path = case.folder.join("io.npz");
        if !path.exists() {
            return Ok(None);
        }
        let arrays = read_npz("io.npz", &fs::read(&path).with_context(|| format!("{}", path.display()))?)?;
        let numbered = |letter: char| -> Result<Vec<Tensor>> {
            let arrays = (0..).map_while(|number| arrays.get(&format!("{letter}{number}")));
            let rows: Vec<Tensor> = arrays.map(rows).collect::<Result<_>>()?;
            ensure!(!rows.is_empty(), "io.npz: expected `{letter}0`, found none");
            Ok(rows)
        };
        Ok(Some(Self { inputs: numbered('x')?, outputs: numbered('y')? }))
    }

    /// What a model predicts for the recorded inputs.
    pub(super) fn emulated(&self, model: &Model) -> Result<Vec<Tensor>> {
        Ok(hls4rs::predict(model, &self.inputs, PredictOptions::default())?.outputs)
    }
}

/// Compares the outputs for the recorded inputs, with fast kernels and without, and with traces; traces are the same in both
/// forms. Where hls4ml itself does not give its outputs
/// again, the emulator has to say so with an error.
pub(super) fn predict(case: &Case) -> Result<Verdict> {
    let is_superseded = case.name.ends_with("converted.fml") && case.folder.join("predicted.fml").exists();
    match Recorded::of(case)? {
        Some(recorded) if !is_superseded => agrees(case, &case.model()?, &recorded),
        _ => Ok(Verdict::DoesNotApply),
    }
}

/// Whether a model predicts what was recorded.
pub(super) fn agrees(case: &Case, model: &Model, recorded: &Recorded) -> Result<Verdict> {
    let emulated = emulate(model, &recorded.inputs);
    if is_chance(case) {
        return match emulated {
            Err(error) => Ok(Verdict::Excluded(format!("{UNDEFINED}: {error:#}"))),
            Ok(_) => bail!("expected an error, for {UNDEFINED}, found values"),
        };
    }
    let expected = &recorded.outputs;
    for (form, found) in emulated? {
        ensure!(expected.len() == found.len(), "expected {} outputs, found {}", expected.len(), found.len());
        for (number, (expected, found)) in expected.iter().zip(&found).enumerate() {
            compare(expected, &rows(found)?).with_context(|| format!("{form} kernels: y{number}"))?;
        }
    }
    Ok(Verdict::Passed)
}

/// The verdict about a source that is not converted, which is as good as a model that cannot be run.
pub(super) fn refused(case: &Case, error: anyhow::Error) -> Result<Verdict> {
    if is_chance(case) { Ok(Verdict::Excluded(format!("{UNDEFINED}: {error:#}"))) } else { Err(error) }
}

/// What is accepted where the emulator gives an error.
const UNDEFINED: &str = "hls4ml's own outputs depend on memory that nobody wrote";

/// Does the description say that the outputs are not reproducible?
fn is_chance(case: &Case) -> bool {
    let description = fs::read(case.folder.join("case.json")).ok();
    let description: Option<Value> = description.and_then(|json| serde_json::from_slice(&json).ok());
    description.is_some_and(|description| description.get("reproducible") == Some(&Value::Bool(false)))
}

/// The emulator's outputs, with fast kernels and without, and with traces, which are compared.
fn emulate(model: &Model, inputs: &[Tensor]) -> Result<[(&'static str, Vec<Tensor>); 3]> {
    let specialized = specialize(&model.graph)?;
    let plan = Plan::with_kernels(&specialized, &custom_kernels())?;
    let options = PredictOptions::default();
    let reference = plan.predict(inputs, options.with_reference(true).with_trace(true))?;
    let traced = plan.predict(inputs, options.with_trace(true))?;
    ensure!(reference.trace.len() == traced.trace.len(), "expected as many traced outputs in both forms");
    for (expected, found) in reference.trace.iter().zip(&traced.trace) {
        let place = || format!("trace of `{}`", expected.output);
        compare(&rows(&expected.values)?, &rows(&found.values)?).with_context(place)?;
    }
    let fast = plan.predict(inputs, options)?.outputs;
    Ok([("reference", reference.outputs), ("fast", fast), ("traced", traced.outputs)])
}

/// Kernels of the layers that hls4ml's tests add to hls4ml.
fn custom_kernels() -> CustomKernels {
    let kernels = CustomKernels::new();
    kernels.with("HReverse", |_| Ok(Box::new(Reverse))).with("HReverseTorch", |_| Ok(Box::new(Reverse)))
}

/// The elements from the last to the first.
#[derive(Debug)]
struct Reverse;

impl CustomKernel for Reverse {
    fn run(&self, inputs: &[Vec<Fixed>], outputs: &mut [Vec<Fixed>]) {
        for (y, x) in outputs[0].iter_mut().zip(inputs[0].iter().rev()) {
            *y = *x;
        }
    }
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
