//! Does the emulator predict what hls4ml's compiled project predicted?

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use hls4rs::archive::read_npz;
use hls4rs::backend::specialize;
use hls4rs::emulator::Plan;
use hls4rs::types::Tensor;

use super::{Case, Verdict};

/// Most differences that a message shows.
const SHOWN: usize = 3;

/// Compares the outputs for the recorded inputs, with fast kernels and without.
pub(super) fn predict(case: &Case) -> Result<Verdict> {
    let path = case.folder.join("io.npz");
    let is_superseded = case.name.ends_with("converted.fml") && case.folder.join("predicted.fml").exists();
    if !path.exists() || is_superseded || case.name.contains("stage") {
        return Ok(Verdict::DoesNotApply);
    }
    let model = case.model()?;
    let arrays = read_npz("io.npz", &fs::read(&path).with_context(|| format!("{}", path.display()))?)?;
    let numbered = |letter: char| -> Result<Vec<&Tensor>> {
        let arrays = (0..).map_while(|number| arrays.get(&format!("{letter}{number}")));
        let arrays: Vec<&Tensor> = arrays.collect();
        ensure!(!arrays.is_empty(), "io.npz: expected `{letter}0`, found none");
        Ok(arrays)
    };
    let (inputs, expected) = (numbered('x')?, numbered('y')?);
    let specialized = specialize(&model.graph)?;
    let plan = Plan::new(&specialized)?;
    let is_double = matches!(inputs.first().map(|input| input.dtype().name()), Some("float64"));
    let samples = inputs.first().and_then(|input| input.shape().first().copied()).unwrap_or(0);
    for use_fast in [false, true] {
        let mut session = plan.session().with_fast_kernels(use_fast);
        let rows = rows(&inputs)?;
        let wanted = rows_of(&expected)?;
        let mut differing = Vec::new();
        for sample in 0..samples {
            let inputs = row(&rows, samples, sample);
            let mut outputs: Vec<Vec<f64>> = plan.outputs().iter().map(|port| vec![0.0; port.len()]).collect();
            if is_double {
                let inputs: Vec<&[f64]> = inputs;
                let mut places: Vec<&mut [f64]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
                session.predict(&inputs, &mut places)?;
            } else {
                let inputs: Vec<Vec<f32>> =
                    inputs.iter().map(|row| row.iter().map(|&value| value as f32).collect()).collect();
                let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
                let mut narrow: Vec<Vec<f32>> =
                    plan.outputs().iter().map(|port| vec![0.0; port.len()]).collect();
                let mut places: Vec<&mut [f32]> = narrow.iter_mut().map(Vec::as_mut_slice).collect();
                session.predict(&inputs, &mut places)?;
                for (output, narrow) in outputs.iter_mut().zip(narrow) {
                    *output = narrow.into_iter().map(f64::from).collect();
                }
            }
            ensure!(wanted.len() == outputs.len(), "expected {} outputs, found {}", wanted.len(), outputs.len());
            for (number, (wanted, found)) in row(&wanted, samples, sample).iter().zip(&outputs).enumerate() {
                ensure!(
                    wanted.len() == found.len(),
                    "y{number}: expected {} elements, found {}",
                    wanted.len(),
                    found.len()
                );
                let differences = wanted.iter().zip(found).enumerate();
                differing.extend(
                    differences
                        .filter(|(_, (wanted, found))| wanted.to_bits() != found.to_bits())
                        .map(|(index, (wanted, found))| (sample, number, index, *wanted, *found)),
                );
            }
        }
        if !differing.is_empty() {
            let form = if use_fast { "fast" } else { "reference" };
            let shown: Vec<String> = differing
                .iter()
                .take(SHOWN)
                .map(|(sample, number, index, wanted, found)| {
                    format!("sample {sample}, y{number}[{index}]: expected {wanted}, found {found}")
                })
                .collect();
            bail!("{form} kernels: {} values differ: {}", differing.len(), shown.join("; "));
        }
    }
    Ok(Verdict::Passed)
}

fn rows(tensors: &[&Tensor]) -> Result<Vec<Vec<f64>>> {
    tensors.iter().map(|tensor| Ok(tensor.iter_f64()?.collect())).collect()
}

fn rows_of(tensors: &[&Tensor]) -> Result<Vec<Vec<f64>>> {
    rows(tensors)
}

/// One sample of each array.
fn row(arrays: &[Vec<f64>], samples: usize, sample: usize) -> Vec<&[f64]> {
    let row = |array: &'_ Vec<f64>| {
        let len = array.len() / samples.max(1);
        (sample * len, (sample + 1) * len)
    };
    arrays
        .iter()
        .map(|array| {
            let (start, end) = row(array);
            &array[start..end]
        })
        .collect()
}
