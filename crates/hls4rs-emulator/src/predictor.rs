//! Predictions of arrays, one after the other, with the same memory.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use hls4rs_types::{DType, Element, Tensor};
use rayon::prelude::*;

use crate::error::RunError;
use crate::fast::Sequence;
use crate::jobs::{Job, jobs};
use crate::log::Ledger;
use crate::plan::{Plan, Port};
use crate::predict::{PredictOptions, Prediction, TracedOutput};
use crate::real::Real;
use crate::session::Session;

/// Predicts arrays of samples on all cores, as [`Plan::predict`] does, and keeps its memory for the next ones.
///
/// New memory is what a trace costs most: large arrays come from the operating system page by page.
///
/// ```no_run
/// # fn f(plan: &hls4rs_emulator::Plan, batches: &[hls4rs_types::Tensor]) -> Result<(), hls4rs_emulator::RunError> {
/// use hls4rs_emulator::PredictOptions;
///
/// let mut predictor = plan.predictor(PredictOptions::default().with_trace(true)).with_layers(&["conv_1"])?;
/// for batch in batches {
///     let prediction = predictor.predict(std::slice::from_ref(batch))?;
///     println!("{:?}", prediction.trace[0].values.shape());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Predictor<'p> {
    plan: &'p Plan,
    options: PredictOptions,
    sequence: Arc<Sequence>,
    /// Layers of the outputs that are kept after the model's.
    layers: Vec<&'p str>,
    /// Sessions that are not in use, each for a block of samples.
    sessions: Mutex<Vec<Session<'p>>>,
    prediction: Prediction,
}

/// Memory of the buffers that are worked on at a time: what second-level caches hold.
const BLOCK_BYTES: usize = 256 << 10;
/// Most samples that are worked on at a time.
const MAX_BLOCK: usize = 128;
/// Parts that the samples are divided into, per thread; each has a session of its own.
const JOBS_PER_THREAD: usize = 4;
/// Memory of what is kept of the samples that [`Predictor::predict_parts`] predicts at a time.
const PART_BYTES: usize = 16 << 20;

impl Plan {
    /// Predicts arrays of samples one after the other.
    #[must_use]
    pub fn predictor(&self, options: PredictOptions) -> Predictor<'_> {
        let traced = self.layers().flat_map(|(layer, ports)| ports.iter().map(move |_| layer));
        Predictor {
            plan: self,
            options,
            sequence: Arc::clone(if options.trace { self.traced() } else { &self.sequence }),
            layers: traced.filter(|_| options.trace).collect(),
            sessions: Mutex::default(),
            prediction: Prediction::default(),
        }
    }
}

impl<'p> Predictor<'p> {
    /// Traces layers of these names alone, in the order of the plan.
    ///
    /// # Errors
    /// If the plan has no layer of a name.
    pub fn with_layers<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self, RunError> {
        let plan = self.plan;
        if let Some(name) = names.iter().find(|name| plan.layers().all(|(layer, _)| layer != name.as_ref())) {
            return Err(RunError::NoSuchLayer { layer: name.as_ref().to_owned() });
        }
        let is_meant = |layer: &str| names.iter().any(|name| name.as_ref() == layer);
        let traced = plan.layers().filter(|(layer, _)| is_meant(layer));
        let traced: Vec<(&str, &Port)> =
            traced.flat_map(|(layer, ports)| ports.iter().map(move |port| (layer, port))).collect();
        self.layers = traced.iter().map(|(layer, _)| *layer).collect();
        let kept = plan.outputs.iter().chain(traced.into_iter().map(|(_, port)| port));
        self.sequence = Arc::new(plan.keeping(kept.cloned().collect()));
        self.sessions = Mutex::default();
        Ok(self)
    }

    /// The outputs that are traced, with the names of their layers.
    pub fn traced(&self) -> impl Iterator<Item = (&'p str, &Port)> {
        self.layers.iter().copied().zip(&self.sequence.kept[self.plan.outputs.len()..])
    }

    /// Predicts all samples of the inputs, like [`Plan::predict`].
    ///
    /// The arrays are used again for the next prediction, unless somebody shares them then.
    ///
    /// # Errors
    /// If an input has another shape than the model's, or the inputs are of different or other kinds.
    pub fn predict(&mut self, inputs: &[Tensor]) -> Result<&Prediction, RunError> {
        let samples = self.plan.check(inputs)?;
        match inputs.first().map(Tensor::dtype) {
            Some(DType::F32) => self.predict_some(&rows::<f32>(inputs)?, 0, samples)?,
            _ => self.predict_some(&rows::<f64>(inputs)?, 0, samples)?,
        }
        Ok(&self.prediction)
    }

    /// Predicts the samples of the inputs in parts, so that not all of what is kept is in memory at the same time. Each part is
    /// given to `visit`, in order. The ledger is that of all samples.
    ///
    /// # Errors
    /// Those of [`Predictor::predict`], and those of `visit`, after which nothing more is predicted.
    pub fn predict_parts<E: From<RunError>>(
        &mut self,
        inputs: &[Tensor],
        visit: impl FnMut(&Prediction) -> Result<(), E>,
    ) -> Result<Option<Ledger>, E> {
        let samples = self.plan.check(inputs)?;
        match inputs.first().map(Tensor::dtype) {
            Some(DType::F32) => self.visit_parts(&rows::<f32>(inputs)?, samples, visit),
            _ => self.visit_parts(&rows::<f64>(inputs)?, samples, visit),
        }
    }

    /// The last prediction.
    #[must_use]
    pub fn into_prediction(self) -> Prediction {
        self.prediction
    }

    fn visit_parts<T: Real + Element, E: From<RunError>>(
        &mut self,
        rows: &[Cow<'_, [T]>],
        samples: usize,
        mut visit: impl FnMut(&Prediction) -> Result<(), E>,
    ) -> Result<Option<Ledger>, E> {
        let mut ledger: Option<Ledger> = None;
        let part = self.part(size_of::<T>());
        // a part without samples tells the shapes
        for first in (0..samples.max(1)).step_by(part) {
            self.predict_some(rows, first, part.min(samples - first))?;
            if let Some(more) = self.prediction.ledger.take() {
                ledger = Some(merged(ledger, more));
            }
            visit(&self.prediction)?;
        }
        Ok(ledger)
    }

    /// Samples that are worked on at a time.
    fn block(&self) -> usize {
        let is_fused = !self.options.reference && !self.options.ledger && self.plan.loops.is_empty();
        let used = |index: &usize| !is_fused || self.sequence.uses(*index);
        let buffers = self.plan.buffers.iter().enumerate().filter(|(index, _)| used(index));
        let bytes: usize =
            buffers.map(|(_, (format, len))| len * if format.width > 32 { 8 } else { 4 }).sum();
        (BLOCK_BYTES / bytes.max(1)).clamp(1, MAX_BLOCK)
    }

    /// Samples of a part: whole blocks for all threads.
    fn part(&self, element_bytes: usize) -> usize {
        let kept: usize = self.sequence.kept.iter().map(Port::len).sum();
        let samples = PART_BYTES / (kept * element_bytes).max(1);
        samples.next_multiple_of(self.block() * rayon::current_num_threads())
    }

    /// Predicts `count` samples, beginning with the sample `first`.
    fn predict_some<T: Real + Element>(
        &mut self,
        rows: &[Cow<'_, [T]>],
        first: usize,
        count: usize,
    ) -> Result<(), RunError> {
        let old = std::mem::take(&mut self.prediction);
        let old = old.outputs.into_iter().chain(old.trace.into_iter().map(|traced| traced.values));
        let mut old = old.map(Tensor::into_elements);
        let kept = self.sequence.kept.iter();
        let mut arrays: Vec<Vec<T>> =
            kept.map(|port| room(old.next().flatten(), count * port.len())).collect();
        let block = self.block();
        let jobs = jobs(&self.sequence.kept, &mut arrays, (first, count), block);
        let run = |session: &mut Borrowed<'_, 'p>, job| self.run_job(session, rows, job);
        let ledgers: Vec<Option<Ledger>> = if self.plan.is_stateful {
            // one session after the other parts', so that samples follow each other
            let mut session = self.borrow(block);
            if let Some(session) = session.session.as_mut().filter(|_| first == 0) {
                session.forget();
            }
            jobs.into_iter().map(|job| run(&mut session, job)).collect::<Result<_, _>>()?
        } else {
            let per_job = jobs.len().div_ceil(rayon::current_num_threads() * JOBS_PER_THREAD);
            let jobs = jobs.into_par_iter().with_min_len(per_job);
            jobs.map_init(|| self.borrow(block), run).collect::<Result<_, _>>()?
        };
        let ledger = ledgers.into_iter().flatten().fold(None, |all, more| Some(merged(all, more)));
        self.prediction = self.gather(arrays, (count, ledger))?;
        Ok(())
    }

    fn borrow(&self, block: usize) -> Borrowed<'_, 'p> {
        let unused = self.sessions.lock().ok().and_then(|mut sessions| sessions.pop());
        let session = unused.unwrap_or_else(|| {
            let session = self.plan.session_of(block).with_sequence(&self.sequence);
            session.with_fast_kernels(!self.options.reference)
        });
        Borrowed { session: Some(session), sessions: &self.sessions }
    }

    fn run_job<T: Real>(
        &self,
        session: &mut Borrowed<'_, '_>,
        rows: &[Cow<'_, [T]>],
        job: Job<'_, T>,
    ) -> Result<Option<Ledger>, RunError> {
        let Job { first, count, mut values } = job;
        let Some(session) = &mut session.session else { return Ok(None) };
        let samples = |port: &Port| first * port.len()..(first + count) * port.len();
        let inputs: Vec<&[T]> =
            rows.iter().zip(&self.plan.inputs).map(|(row, port)| &row[samples(port)]).collect();
        session.set_first_sample(first);
        if self.options.ledger {
            session.start_ledger();
        }
        session.predict(&inputs, &mut values)?;
        Ok(session.take_ledger())
    }

    fn gather<T: Element>(
        &self,
        arrays: Vec<Vec<T>>,
        (samples, ledger): (usize, Option<Ledger>),
    ) -> Result<Prediction, RunError> {
        let tensor = |(port, array): (&Port, Vec<T>)| {
            Tensor::new(&[&[samples], port.shape.as_slice()].concat(), array)
        };
        let mut outputs = self.sequence.kept.iter().zip(arrays).map(tensor).collect::<Result<Vec<_>, _>>()?;
        let traced = outputs.split_off(self.plan.outputs.len());
        let trace = self.traced().zip(traced).map(|((layer, port), values)| TracedOutput {
            layer: layer.to_owned(),
            output: port.name.clone(),
            origin: self.plan.origin(layer).cloned(),
            values,
        });
        Ok(Prediction { outputs, trace: trace.collect(), ledger })
    }
}

/// A session that goes back to the others when it is not needed any more.
struct Borrowed<'a, 'p> {
    session: Option<Session<'p>>,
    sessions: &'a Mutex<Vec<Session<'p>>>,
}

impl Drop for Borrowed<'_, '_> {
    fn drop(&mut self) {
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.extend(self.session.take());
        }
    }
}

/// The inputs, each flat.
fn rows<T: Element>(inputs: &[Tensor]) -> Result<Vec<Cow<'_, [T]>>, RunError> {
    let row = |input| {
        let view = Tensor::view::<T>(input)?;
        Ok(match view.to_slice() {
            Some(slice) => Cow::Borrowed(slice),
            None => Cow::Owned(view.iter().copied().collect()),
        })
    };
    inputs.iter().map(row).collect()
}

/// Room for so many numbers, in old memory if it is large enough. What is in there is overwritten.
fn room<T: Element + Default>(old: Option<Vec<T>>, len: usize) -> Vec<T> {
    match old {
        Some(mut array) if array.capacity() >= len => {
            array.resize(len, T::default());
            array
        }
        _ => vec![T::default(); len],
    }
}

fn merged(all: Option<Ledger>, more: Ledger) -> Ledger {
    match all {
        Some(mut all) => {
            all.merge(&more);
            all
        }
        None => more,
    }
}
