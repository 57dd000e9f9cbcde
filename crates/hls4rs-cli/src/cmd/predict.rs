//! `hls4rs predict`: the outputs that hls4ml's compiled project gives, bit for bit.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use hls4rs::emulator::RunError;
use hls4rs::types::{Order, Tensor};
use hls4rs::{Arrays, Ledger, Plan, PredictOptions, Prediction, Predictor, save_arrays};

use super::profile;
use crate::input::{Reading, Source};
use crate::{output, trace};

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
    /// Where the outputs of all layers go: an `.npz` file, or a folder that gets an `.npy` file per output. A folder is written
    /// while samples are predicted, in little memory. The layers of the source model are printed, and written beside the
    /// arrays as `names.json`.
    #[arg(long, value_name = "PATH")]
    trace: Option<PathBuf>,
    /// Trace these layers alone.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', requires = "trace")]
    layers: Vec<String>,
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
        let plan = plan(&self.file, reading)?;
        let inputs = inputs(&plan, &self.input)?;
        let mut predictor = plan.predictor(options);
        if !self.layers.is_empty() {
            predictor = predictor.with_layers(&self.layers)?;
        }
        let (outputs, ledger) = self.predict(predictor, &inputs)?;
        let named = || (0..).map(|number| format!("y{number}")).zip(&outputs);
        match &self.output {
            Some(path) => {
                let names: Vec<String> = named().map(|(name, _)| name).collect();
                save_arrays(path, names.iter().map(String::as_str).zip(&outputs))?;
            }
            None if self.trace.is_none() && !self.ledger => {
                for (name, array) in named() {
                    print(&name, array)?;
                }
            }
            None => {}
        }
        if let Some(ledger) = &ledger {
            profile::show(ledger, profile::Rows::Lossy)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Predicts, and writes the trace.
    fn predict(
        &self,
        mut predictor: Predictor<'_>,
        inputs: &[Tensor],
    ) -> anyhow::Result<(Vec<Tensor>, Option<Ledger>)> {
        let place = || self.input.display().to_string();
        let Some(path) = self.trace.as_deref().filter(|path| !trace::is_npz(path)) else {
            predictor.predict(inputs).with_context(place)?;
            let prediction = predictor.into_prediction();
            if let Some(path) = &self.trace {
                trace::save(path, &prediction)?;
            }
            return Ok((prediction.outputs, prediction.ledger));
        };
        let mut folder: Option<trace::Folder> = None;
        let mut outputs = Outputs::default();
        let ledger = predictor.predict_parts(inputs, |part: &Prediction| {
            outputs.add(part)?;
            let known = folder.take();
            let known = known.map_or_else(|| trace::Folder::new(path, part, inputs), Ok)?;
            folder.insert(known).add(part)
        });
        // what cannot be written names its own place
        let placed =
            |error: anyhow::Error| if error.is::<RunError>() { error.context(place()) } else { error };
        let ledger = ledger.map_err(placed)?;
        if let Some(folder) = folder {
            folder.finish()?;
        }
        Ok((outputs.finish()?, ledger))
    }
}

/// The model's outputs, part by part.
#[derive(Default)]
struct Outputs {
    arrays: Vec<(Tensor, usize, Vec<u8>)>,
}

impl Outputs {
    fn add(&mut self, part: &Prediction) -> anyhow::Result<()> {
        if self.arrays.is_empty() {
            self.arrays = part.outputs.iter().map(|output| (output.clone(), 0, Vec::new())).collect();
        }
        for ((_, samples, bytes), output) in self.arrays.iter_mut().zip(&part.outputs) {
            *samples += output.shape().first().copied().unwrap_or(0);
            output.append_bytes(0..output.len(), bytes)?;
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<Vec<Tensor>> {
        let whole = |(first, samples, bytes): (Tensor, usize, Vec<u8>)| {
            let shape: Vec<usize> =
                std::iter::once(samples).chain(first.shape().iter().skip(1).copied()).collect();
            Ok(Tensor::from_bytes(first.dtype(), &shape, Order::C, &bytes)?)
        };
        self.arrays.into_iter().map(whole).collect()
    }
}

/// Opens the model, and plans.
pub(super) fn plan(file: &Source, reading: &Reading) -> anyhow::Result<Plan> {
    let model = file.archive(&reading.options())?.into_model().with_context(|| file.to_string())?;
    hls4rs::plan(&model).with_context(|| file.to_string())
}

/// Reads the inputs.
pub(super) fn inputs(plan: &Plan, path: &Path) -> anyhow::Result<Vec<Tensor>> {
    let names: Vec<&str> = plan.inputs().iter().map(|port| port.name.as_str()).collect();
    Arrays::read(path)?.into_inputs(&names).with_context(|| path.display().to_string())
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
