//! `hls4rs predict`: the outputs that hls4ml's compiled project gives, bit for bit.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use hls4rs::types::Tensor;
use hls4rs::{Arrays, PredictOptions, Prediction, save_arrays};

use super::profile;
use crate::input::{Reading, Source};
use crate::output;

/// Predict, bit for bit as the project that hls4ml compiles from the model.
#[derive(clap::Args)]
pub(crate) struct Predict {
    /// The archive; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: Source,
    /// The inputs: an `.npy` file, or an `.npz` file whose arrays are called like the model's inputs, or `x0`, `x1`, …; `float32`
    /// or `float64`, with samples as the first dimension.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Where the outputs go: an `.npy` file for one output, an `.npz` file with `y0`, `y1`, … for any number. Without it
    /// they are printed.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Where the outputs of all layers go: an `.npz` file, or a folder that gets an `.npy` file per output.
    #[arg(long, value_name = "PATH")]
    trace: Option<PathBuf>,
    /// Print what values lost: wrapped, saturated and rounded ones per type of each layer.
    #[arg(long)]
    ledger: bool,
    /// Compute every layer like its definition, without fast forms. The results are the same.
    #[arg(long)]
    reference: bool,
}

/// Most elements of an output that are printed.
const PRINTED: usize = 1000;

impl Predict {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let options = PredictOptions::default()
            .with_trace(self.trace.is_some())
            .with_ledger(self.ledger)
            .with_reference(self.reference);
        let prediction = predict(&self.file, &self.input, reading, options)?;
        let named = || (0..).map(|number| format!("y{number}")).zip(&prediction.outputs);
        match &self.output {
            Some(path) => {
                let names: Vec<String> = named().map(|(name, _)| name).collect();
                save_arrays(path, names.iter().map(String::as_str).zip(&prediction.outputs))?;
            }
            None if self.trace.is_none() && !self.ledger => {
                for (name, array) in named() {
                    print(&name, array)?;
                }
            }
            None => {}
        }
        if let Some(path) = &self.trace {
            save_trace(path, &prediction)?;
        }
        if let Some(ledger) = &prediction.ledger {
            profile::show(ledger, profile::Rows::Lossy)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens model and inputs, and predicts.
pub(super) fn predict(
    file: &Source,
    input: &Path,
    reading: &Reading,
    options: PredictOptions,
) -> anyhow::Result<Prediction> {
    let model = file.archive(&reading.options())?.into_model().with_context(|| file.to_string())?;
    let plan = hls4rs::plan(&model).with_context(|| file.to_string())?;
    let names: Vec<&str> = plan.inputs().iter().map(|port| port.name.as_str()).collect();
    let inputs = Arrays::read(input)?.into_inputs(&names).with_context(|| input.display().to_string())?;
    plan.predict(&inputs, options).with_context(|| input.display().to_string())
}

/// Prints an array, a line per sample.
fn print(name: &str, array: &Tensor) -> anyhow::Result<()> {
    output::line(format!("{name} {:?} {}", array.shape(), array.dtype().name()))?;
    let samples = array.shape().first().copied().unwrap_or(1);
    let row = array.len() / samples.max(1);
    let values: Vec<f64> = array.iter_f64()?.take(PRINTED).collect();
    for values in values.chunks(row.max(1)) {
        let values: Vec<String> = values.iter().map(f64::to_string).collect();
        output::line(format!("  {}", values.join(" ")))?;
    }
    if array.len() > PRINTED {
        output::line("  …")?;
    }
    Ok(())
}

/// Writes what all layers made, by name of the layer; by name of the output, where a layer has several.
fn save_trace(path: &Path, prediction: &Prediction) -> anyhow::Result<()> {
    let name = |index: usize| {
        let traced = &prediction.trace[index];
        let is_one = prediction.trace.iter().filter(|other| other.layer == traced.layer).count() == 1;
        if is_one { traced.layer.clone() } else { traced.output.clone() }
    };
    let names: Vec<String> = (0..prediction.trace.len()).map(name).collect();
    let arrays = names.iter().map(String::as_str).zip(prediction.trace.iter().map(|traced| &traced.values));
    if path.extension().is_some_and(|extension| extension == "npz") {
        return Ok(save_arrays(path, arrays)?);
    }
    std::fs::create_dir_all(path).with_context(|| path.display().to_string())?;
    for (name, array) in arrays {
        // names come from the model and may hold anything
        let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let file: String = name.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
        save_arrays(path.join(format!("{}.npy", file.trim_start_matches('.'))), [(name, array)])?;
    }
    Ok(())
}
