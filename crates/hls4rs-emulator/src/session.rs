//! Sessions: the memory of one thread, and runs.

use std::ops::Range;

use hls4rs_fixed::Fixed;

use crate::buffer::Buffer;
use crate::error::RunError;
use crate::fast::{self, Execution};
use crate::kernel::{FastKernel, Inputs, Io};
use crate::log::{Ledger, Log};
use crate::plan::{Plan, Port, Step};
use crate::real::{self, Real};
use crate::scratch::Scratch;

/// The buffers of one thread. Calls do not allocate once the first one is done.
///
/// Spiking neurons keep their potentials from one call to the next, as hls4ml's library does; in a new session all are zero.
#[derive(Debug)]
pub struct Session<'p> {
    plan: &'p Plan,
    buffers: Vec<Buffer>,
    made: Vec<Buffer>,
    /// Per step, what it keeps from one sample to the next.
    states: Vec<Vec<Fixed>>,
    scratch: Scratch,
    log: Log,
    capacity: usize,
    first_sample: usize,
    time_step: usize,
    use_fast: bool,
    makes_all: bool,
}

impl<'p> Session<'p> {
    pub(crate) fn new(plan: &'p Plan, capacity: usize) -> Self {
        let buffer = |&(format, len): &(_, usize)| Buffer::new(format, len, capacity);
        let most_outputs = plan.steps.iter().map(|step| step.outputs.len()).max().unwrap_or(0);
        Self {
            plan,
            buffers: plan.buffers.iter().map(buffer).collect(),
            made: Vec::with_capacity(most_outputs),
            states: plan.steps.iter().map(|step| step.reference.state()).collect(),
            scratch: Scratch::default(),
            log: Log::default(),
            capacity,
            first_sample: 0,
            time_step: 0,
            use_fast: true,
            makes_all: false,
        }
    }

    /// Whether fast forms are used; without them every layer is computed like its definition.
    #[must_use]
    pub fn with_fast_kernels(mut self, use_fast: bool) -> Self {
        self.use_fast = use_fast;
        self
    }

    /// Whether the outputs of all layers are made, so that [`Session::read`] gives them; else only the model's are.
    #[must_use]
    pub fn with_all_outputs(mut self, makes_all: bool) -> Self {
        self.makes_all = makes_all;
        self
    }

    /// Keeps a ledger from now on. Layers are computed like their definitions then, which is slower.
    pub fn start_ledger(&mut self) {
        self.log.ledger = Some(Ledger { entries: self.plan.entries.clone() });
    }

    /// Ends the ledger and gives it.
    pub fn take_ledger(&mut self) -> Option<Ledger> {
        self.log.ledger.take()
    }

    /// Number of the first sample of the next call, for the ledger.
    pub fn set_first_sample(&mut self, sample: usize) {
        self.first_sample = sample;
    }

    /// Predicts as many samples as the inputs hold, at most as many as the session was made for: inputs in the model's
    /// order, each flat in C order, sample after sample; outputs likewise.
    ///
    /// # Errors
    /// If inputs or outputs have other sizes than the model's.
    pub fn predict<T: Real>(&mut self, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<(), RunError> {
        let samples = self.compute(inputs)?;
        self.store(samples, outputs)
    }

    /// Computes all layers, and gives the number of samples; [`Session::read`] gives what they made.
    ///
    /// # Errors
    /// If inputs have other sizes than the model's.
    pub fn compute<T: Real>(&mut self, inputs: &[&[T]]) -> Result<usize, RunError> {
        let samples = self.load(inputs)?;
        self.run(samples)?;
        Ok(samples)
    }

    /// Whether a ledger is kept.
    #[must_use]
    pub fn has_ledger(&self) -> bool {
        self.log.ledger.is_some()
    }

    /// The values of a layer's output in the last run, for one of its samples.
    pub fn values<'s>(&'s mut self, port: &Port, sample: usize) -> impl Iterator<Item = Fixed> + use<'s> {
        let buffer = &mut self.buffers[port.buffer];
        buffer.select(sample);
        let view = buffer.view();
        (0..view.len()).map(move |index| view.get(index))
    }

    /// The values of a layer's output in the last run as floating-point numbers, sample after sample.
    pub fn read<T: Real>(&mut self, port: &Port, samples: usize, values: &mut [T]) -> Result<(), RunError> {
        check_size(port, samples, values.len())?;
        real::store(&self.buffers[port.buffer], values);
        Ok(())
    }

    /// Converts the inputs, and counts their samples.
    fn load<T: Real>(&mut self, inputs: &[&[T]]) -> Result<usize, RunError> {
        if inputs.len() != self.plan.inputs.len() {
            return Err(RunError::InputCount { expected: self.plan.inputs.len(), found: inputs.len() });
        }
        let plan = self.plan;
        let samples = match (plan.inputs.first(), inputs.first()) {
            (Some(port), Some(input)) => input.len() / port.len().max(1),
            _ => 1,
        };
        if samples > self.capacity {
            return Err(RunError::TooManySamples { capacity: self.capacity, found: samples });
        }
        for (port, input) in plan.inputs.iter().zip(inputs) {
            check_size(port, samples, input.len())?;
            real::load(&mut self.buffers[port.buffer], input);
        }
        Ok(samples)
    }

    fn store<T: Real>(&mut self, samples: usize, outputs: &mut [&mut [T]]) -> Result<(), RunError> {
        let plan = self.plan;
        if outputs.len() != plan.outputs.len() {
            return Err(RunError::OutputCount { expected: plan.outputs.len(), found: outputs.len() });
        }
        for (port, output) in plan.outputs.iter().zip(outputs) {
            self.read(port, samples, output)?;
        }
        Ok(())
    }

    fn run(&mut self, samples: usize) -> Result<(), RunError> {
        let plan = self.plan;
        let is_plain = self.use_fast && !self.makes_all && self.log.ledger.is_none();
        if !is_plain || !plan.loops.is_empty() {
            return self.run_steps(0..plan.steps.len(), samples);
        }
        for step in &plan.sequence {
            match &step.execution {
                Execution::Fast(kernel) => {
                    self.run_fast(kernel.as_ref(), (&step.inputs, &step.outputs), samples);
                }
                Execution::Step(index) => self.run_step(*index, samples)?,
            }
        }
        Ok(())
    }

    /// Runs steps in order, and those in loops for every time step.
    fn run_steps(&mut self, steps: Range<usize>, samples: usize) -> Result<(), RunError> {
        let plan = self.plan;
        let mut index = steps.start;
        while index < steps.end {
            let Some(found) = plan.loops.iter().find(|found| found.first == index) else {
                self.run_step(index, samples)?;
                index += 1;
                continue;
            };
            for time_step in 0..found.count {
                self.run_marker(found.first, time_step, samples)?;
                self.run_steps(found.first + 1..found.last, samples)?;
                self.run_marker(found.last, time_step, samples)?;
            }
            index = found.last + 1;
        }
        Ok(())
    }

    fn run_marker(&mut self, index: usize, time_step: usize, samples: usize) -> Result<(), RunError> {
        self.time_step = time_step;
        self.run_reference(index, samples)
    }

    fn run_step(&mut self, index: usize, samples: usize) -> Result<(), RunError> {
        let step = &self.plan.steps[index];
        let may_be_fast = self.use_fast && self.log.ledger.is_none();
        let fast = || step.fast.get_or_init(|| fast::single(step, &self.plan.buffers)).as_deref();
        match may_be_fast.then(fast).flatten() {
            Some(fast) => {
                self.run_fast(fast, (&step.inputs, &step.made), samples);
                Ok(())
            }
            None => self.run_reference(index, samples),
        }
    }

    /// Takes the buffers that are made out of the others.
    fn take(&mut self, outputs: &[usize]) {
        for &index in outputs {
            self.made.push(std::mem::replace(&mut self.buffers[index], Buffer::empty()));
        }
    }

    fn put_back(&mut self, outputs: &[usize]) {
        for (&index, made) in outputs.iter().zip(self.made.drain(..)) {
            self.buffers[index] = made;
        }
    }

    fn run_fast(&mut self, fast: &dyn FastKernel, (inputs, outputs): (&[usize], &[usize]), samples: usize) {
        self.take(outputs);
        let inputs = Inputs { buffers: &self.buffers, indices: inputs };
        fast.run(
            &mut Io {
                inputs,
                outputs: &mut self.made,
                scratch: &mut self.scratch,
                time_step: self.time_step,
                state: &mut [],
            },
            samples,
        );
        self.put_back(outputs);
    }

    fn run_reference(&mut self, index: usize, samples: usize) -> Result<(), RunError> {
        let step = &self.plan.steps[index];
        let mut fault = None;
        self.take(&step.made);
        for sample in 0..samples {
            self.log.sample = self.first_sample + sample;
            step.inputs.iter().for_each(|&index| self.buffers[index].select(sample));
            self.made.iter_mut().for_each(|made| made.select(sample));
            let inputs = Inputs { buffers: &self.buffers, indices: &step.inputs };
            let mut io = Io {
                inputs,
                outputs: &mut self.made,
                scratch: &mut self.scratch,
                time_step: self.time_step,
                state: &mut self.states[index],
            };
            step.reference.run(&mut io, &mut self.log);
            if self.log.is_faulty() {
                fault = Some(self.fault(step));
                break;
            }
        }
        self.put_back(&step.made);
        fault.map_or(Ok(()), Err)
    }

    /// The error of a layer whose result is not to be trusted.
    fn fault(&mut self, step: &Step) -> RunError {
        let layer = step.layer.clone();
        let is_undefined = std::mem::take(&mut self.log.is_undefined);
        self.log.too_wide = false;
        if is_undefined {
            RunError::Undefined { layer, sample: self.log.sample }
        } else {
            RunError::TooWide { layer }
        }
    }
}

fn check_size(port: &Port, samples: usize, found: usize) -> Result<(), RunError> {
    let expected = samples * port.len();
    if found == expected {
        return Ok(());
    }
    Err(RunError::Size { port: port.name.clone(), samples, shape: port.shape.clone(), expected, found })
}
