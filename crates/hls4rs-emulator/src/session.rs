//! Sessions: the memory of one thread, and runs.

use std::ops::Range;
use std::sync::Arc;

use hls4rs_fixed::Fixed;

use crate::buffer::Buffer;
use crate::error::RunError;
use crate::fast::{self, Execution, Sequence};
use crate::kernel::{FastKernel, Inputs, Io};
use crate::log::{Ledger, Log};
use crate::places::Places;
use crate::plan::{Plan, Port, Step};
use crate::real::{self, Real};
use crate::scratch::Scratch;

/// The buffers of one thread. Calls do not allocate once the first one is done.
///
/// Spiking neurons keep their potentials from one call to the next, as hls4ml's library does; in a new session all are zero.
#[derive(Debug)]
pub struct Session<'p> {
    plan: &'p Plan,
    sequence: Arc<Sequence>,
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
            sequence: Arc::clone(&plan.sequence),
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

    /// Gives the values of these outputs in [`Session::predict`], in order, rather than those of the model's. They are written
    /// while layers are computed, which costs less than to read them afterwards.
    ///
    /// # Errors
    /// If an output is none of the plan's.
    pub fn with_outputs(mut self, ports: &[&Port]) -> Result<Self, RunError> {
        ports.iter().try_for_each(|port| self.check_port(port))?;
        self.sequence = Arc::new(self.plan.keeping(ports.iter().map(|&port| port.clone()).collect()));
        Ok(self)
    }

    /// The same with another computation.
    pub(crate) fn with_sequence(mut self, sequence: &Arc<Sequence>) -> Self {
        self.sequence = Arc::clone(sequence);
        self
    }

    /// Begins again with what spiking neurons keep.
    pub(crate) fn forget(&mut self) {
        self.states = self.plan.steps.iter().map(|step| step.reference.state()).collect();
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
        let samples = self.load(inputs)?;
        let kept = &self.sequence.kept;
        if outputs.len() != kept.len() {
            return Err(RunError::OutputCount { expected: kept.len(), found: outputs.len() });
        }
        for (port, output) in kept.iter().zip(&*outputs) {
            check_size(port, samples, output.len())?;
        }
        self.run(samples, &mut T::places(outputs))
    }

    /// Computes all layers, and gives the number of samples; [`Session::read`] gives what they made.
    ///
    /// # Errors
    /// If inputs have other sizes than the model's.
    pub fn compute<T: Real>(&mut self, inputs: &[&[T]]) -> Result<usize, RunError> {
        let samples = self.load(inputs)?;
        self.run(samples, &mut Places::none())?;
        Ok(samples)
    }

    /// Whether a ledger is kept.
    #[must_use]
    pub fn has_ledger(&self) -> bool {
        self.log.ledger.is_some()
    }

    /// The values of a layer's output in the last run, for one of its samples.
    ///
    /// # Errors
    /// If the output is none of the plan's, or the session has no room for such a sample.
    pub fn values<'s>(
        &'s mut self,
        port: &Port,
        sample: usize,
    ) -> Result<impl Iterator<Item = Fixed> + use<'s>, RunError> {
        self.check_port(port)?;
        if sample >= self.capacity {
            return Err(RunError::TooManySamples {
                capacity: self.capacity,
                found: sample.saturating_add(1),
            });
        }
        let buffer = &mut self.buffers[port.buffer];
        buffer.select(sample);
        let view = buffer.view();
        Ok((0..view.len()).map(move |index| view.get(index)))
    }

    /// The values of a layer's output in the last run as floating-point numbers, sample after sample.
    ///
    /// # Errors
    /// If the output is none of the plan's, the session has no room for so many samples, or `values` has another size.
    pub fn read<T: Real>(&mut self, port: &Port, samples: usize, values: &mut [T]) -> Result<(), RunError> {
        self.check_port(port)?;
        if samples > self.capacity {
            return Err(RunError::TooManySamples { capacity: self.capacity, found: samples });
        }
        check_size(port, samples, values.len())?;
        real::store(&self.buffers[port.buffer], values);
        Ok(())
    }

    /// An error if an output is none of the plan's.
    fn check_port(&self, port: &Port) -> Result<(), RunError> {
        let plan = self.plan;
        let mut known =
            plan.inputs().iter().chain(plan.outputs()).chain(plan.layers().flat_map(|(_, ports)| ports));
        if known.any(|known| known == port) {
            return Ok(());
        }
        Err(RunError::NoSuchOutput { port: port.name.clone() })
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

    fn run(&mut self, samples: usize, places: &mut Places<'_, '_>) -> Result<(), RunError> {
        let plan = self.plan;
        let sequence = Arc::clone(&self.sequence);
        let is_plain = self.use_fast && !self.makes_all && self.log.ledger.is_none();
        if !is_plain || !plan.loops.is_empty() {
            self.run_steps(0..plan.steps.len(), samples)?;
            (0..sequence.kept.len()).for_each(|place| self.store(&sequence, place, places));
            return Ok(());
        }
        for step in &sequence.steps {
            match &step.execution {
                Execution::Fast(kernel) => {
                    self.run_fast(kernel.as_ref(), (&step.inputs, &step.outputs), (samples, places));
                }
                Execution::Step(index) => self.run_step(*index, samples)?,
            }
            step.places.iter().for_each(|&place| self.store(&sequence, place, places));
        }
        sequence.rest.iter().for_each(|&place| self.store(&sequence, place, places));
        Ok(())
    }

    /// Gives a place what is in its buffer.
    fn store(&self, sequence: &Sequence, place: usize, places: &mut Places<'_, '_>) {
        real::store_at(&self.buffers[sequence.kept[place].buffer], place, places);
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
                self.run_fast(fast, (&step.inputs, &step.made), (samples, &mut Places::none()));
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

    fn run_fast(
        &mut self,
        fast: &dyn FastKernel,
        (inputs, outputs): (&[usize], &[usize]),
        (samples, places): (usize, &mut Places<'_, '_>),
    ) {
        self.take(outputs);
        let inputs = Inputs { buffers: &self.buffers, indices: inputs };
        let mut io = Io {
            inputs,
            outputs: &mut self.made,
            scratch: &mut self.scratch,
            time_step: self.time_step,
            state: &mut [],
        };
        fast.run(&mut io, places, samples);
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
