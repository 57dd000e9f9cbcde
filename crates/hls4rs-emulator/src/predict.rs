//! Predicting whole arrays of samples, on all cores.

use std::borrow::Cow;

use hls4rs_types::{DType, Element, Tensor};
use rayon::prelude::*;

use crate::error::RunError;
use crate::log::Ledger;
use crate::plan::{Plan, Port};
use crate::real::Real;
use crate::session::Session;

/// What is done beside predicting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PredictOptions {
    /// Keep what every layer made.
    pub trace: bool,
    /// Count what values lost; every layer is computed like its definition then.
    pub ledger: bool,
    /// Compute every layer like its definition.
    pub reference: bool,
}

impl PredictOptions {
    /// The same, keeping what every layer made or not.
    #[must_use]
    pub fn with_trace(self, trace: bool) -> Self {
        Self { trace, ..self }
    }

    /// The same, counting what values lost or not.
    #[must_use]
    pub fn with_ledger(self, ledger: bool) -> Self {
        Self { ledger, ..self }
    }

    /// The same, computing every layer like its definition or not.
    #[must_use]
    pub fn with_reference(self, reference: bool) -> Self {
        Self { reference, ..self }
    }
}

/// What a prediction gives.
#[derive(Debug, Clone)]
pub struct Prediction {
    /// The model's outputs, in order, each `[samples, …]`.
    pub outputs: Vec<Tensor>,
    /// What every layer made, in order of layers, if asked for.
    pub trace: Vec<TracedOutput>,
    /// What values lost, if asked for.
    pub ledger: Option<Ledger>,
}

/// What a layer made of all samples.
#[derive(Debug, Clone)]
pub struct TracedOutput {
    /// Name of the layer.
    pub layer: String,
    /// Name of the output; most layers have one of their own name.
    pub output: String,
    /// The values, `[samples, …]`.
    pub values: Tensor,
}

/// Memory of the buffers that are worked on at a time: what second-level caches hold.
const BLOCK_BYTES: usize = 256 << 10;
/// Most samples that are worked on at a time.
const MAX_BLOCK: usize = 128;
/// Parts that the samples are divided into, per thread; each has a session of its own.
const JOBS_PER_THREAD: usize = 4;

impl Plan {
    /// Predicts all samples of the inputs, on all cores: one array per input of the model, in order, each
    /// `[samples, …shape]` or `[samples, elements]`, `float32` or `float64`. The results are of the same kind.
    ///
    /// With spiking neurons, samples are time steps: they are computed in order, the first one with potentials of zero.
    ///
    /// # Errors
    /// If an input has another shape than the model's, or the inputs are of different or other kinds.
    pub fn predict(&self, inputs: &[Tensor], options: PredictOptions) -> Result<Prediction, RunError> {
        let samples = self.check(inputs)?;
        match inputs.first().map(Tensor::dtype) {
            Some(DType::F32) => self.predict_as::<f32>(inputs, samples, options),
            _ => self.predict_as::<f64>(inputs, samples, options),
        }
    }

    /// Checks kinds and shapes, and counts the samples.
    fn check(&self, inputs: &[Tensor]) -> Result<usize, RunError> {
        if inputs.len() != self.inputs.len() {
            return Err(RunError::InputCount { expected: self.inputs.len(), found: inputs.len() });
        }
        let samples = inputs.first().and_then(|input| input.shape().first().copied()).unwrap_or(1);
        let dtype = inputs.first().map_or(DType::F32, Tensor::dtype);
        for (port, input) in self.inputs.iter().zip(inputs) {
            let is_real = matches!(input.dtype(), DType::F32 | DType::F64);
            if !is_real || input.dtype() != dtype {
                let expected = if is_real { dtype.name() } else { "float32 or float64" };
                return Err(RunError::Type {
                    port: port.name.clone(),
                    expected: expected.to_owned(),
                    found: input.dtype().name().to_owned(),
                });
            }
            let fits = input.shape().split_first().is_some_and(|(first, rest)| {
                *first == samples && (rest == port.shape || rest == [port.len()])
            });
            if !fits {
                return Err(RunError::Shape {
                    port: port.name.clone(),
                    samples,
                    expected: port.shape.clone(),
                    found: input.shape().to_vec(),
                });
            }
        }
        Ok(samples)
    }

    /// Samples that are worked on at a time.
    pub(crate) fn block(&self) -> usize {
        let bytes: usize =
            self.buffers.iter().map(|(format, len)| len * if format.width > 32 { 8 } else { 4 }).sum();
        (BLOCK_BYTES / bytes.max(1)).clamp(1, MAX_BLOCK)
    }

    fn predict_as<T: Real + Element>(
        &self,
        inputs: &[Tensor],
        samples: usize,
        options: PredictOptions,
    ) -> Result<Prediction, RunError> {
        let rows = inputs
            .iter()
            .map(|input| {
                let view = input.view::<T>()?;
                Ok(match view.to_slice() {
                    Some(slice) => Cow::Borrowed(slice),
                    None => Cow::Owned(view.iter().copied().collect()),
                })
            })
            .collect::<Result<Vec<Cow<'_, [T]>>, RunError>>()?;
        let kept = self.kept(options);
        let block = self.block();
        let mut arrays: Vec<Vec<T>> =
            kept.iter().map(|(_, port)| vec![T::default(); samples * port.len()]).collect();
        let jobs = jobs(&kept, &mut arrays, samples, block);
        let run = |session: &mut Session<'_>, job| self.run_job(session, (&rows, &kept), job);
        let ledgers: Vec<Option<Ledger>> = if self.is_stateful {
            let mut session = self.prepared(block, options);
            jobs.into_iter().map(|job| run(&mut session, job)).collect::<Result<_, _>>()?
        } else {
            let per_job = jobs.len().div_ceil(rayon::current_num_threads() * JOBS_PER_THREAD);
            let jobs = jobs.into_par_iter().with_min_len(per_job);
            jobs.map_init(|| self.prepared(block, options), run).collect::<Result<_, _>>()?
        };
        let ledger = ledgers.into_iter().flatten().reduce(|mut all, more| {
            all.merge(&more);
            all
        });
        self.gather(arrays, &kept, (samples, ledger))
    }

    fn prepared(&self, block: usize, options: PredictOptions) -> Session<'_> {
        let mut session =
            self.session_of(block).with_fast_kernels(!options.reference).with_all_outputs(options.trace);
        if options.ledger {
            session.start_ledger();
        }
        session
    }

    /// Outputs that are kept: the model's, and all others for a trace, with the names of their layers.
    fn kept(&self, options: PredictOptions) -> Vec<(&str, &Port)> {
        let outputs = self.outputs.iter().map(|port| ("", port));
        let traced = self.layers().flat_map(|(layer, ports)| ports.iter().map(move |port| (layer, port)));
        outputs.chain(traced.filter(|_| options.trace)).collect()
    }

    fn run_job<T: Real>(
        &self,
        session: &mut Session<'_>,
        (rows, kept): (&Rows<'_, T>, &[(&str, &Port)]),
        job: Job<'_, T>,
    ) -> Result<Option<Ledger>, RunError> {
        let Job { first, count, mut values } = job;
        let inputs: Vec<&[T]> = rows
            .iter()
            .zip(&self.inputs)
            .map(|(row, port)| &row[first * port.len()..(first + count) * port.len()])
            .collect();
        session.set_first_sample(first);
        let has_ledger = session.has_ledger();
        if has_ledger {
            session.start_ledger();
        }
        session.compute(&inputs)?;
        for ((_, port), values) in kept.iter().zip(&mut values) {
            session.read(port, count, values)?;
        }
        let ledger = session.take_ledger();
        if has_ledger {
            session.start_ledger();
        }
        Ok(ledger)
    }

    fn gather<T: Real + Element>(
        &self,
        arrays: Vec<Vec<T>>,
        kept: &[(&str, &Port)],
        (samples, ledger): (usize, Option<Ledger>),
    ) -> Result<Prediction, RunError> {
        let mut traced = Vec::new();
        for ((layer, port), array) in kept.iter().zip(arrays) {
            let shape: Vec<usize> = [&[samples], port.shape.as_slice()].concat();
            let values = Tensor::new(&shape, array)?;
            traced.push(TracedOutput { layer: (*layer).to_owned(), output: port.name.clone(), values });
        }
        let trace = traced.split_off(self.outputs.len());
        let outputs = traced.into_iter().map(|output| output.values).collect();
        Ok(Prediction { outputs, trace, ledger })
    }
}

/// The inputs, each flat.
type Rows<'a, T> = [Cow<'a, [T]>];

/// Samples that are computed at a time, and where what is kept of them goes.
struct Job<'a, T> {
    first: usize,
    count: usize,
    values: Vec<&'a mut [T]>,
}

/// The samples in blocks.
fn jobs<'a, T>(
    kept: &[(&str, &Port)],
    arrays: &'a mut [Vec<T>],
    samples: usize,
    block: usize,
) -> Vec<Job<'a, T>> {
    let firsts = (0..samples).step_by(block);
    let mut jobs: Vec<Job<'a, T>> =
        firsts.map(|first| Job { first, count: block.min(samples - first), values: Vec::new() }).collect();
    for ((_, port), array) in kept.iter().zip(arrays) {
        let mut rest = array.as_mut_slice();
        for job in &mut jobs {
            let (values, others) = rest.split_at_mut(job.count * port.len());
            job.values.push(values);
            rest = others;
        }
    }
    jobs
}
