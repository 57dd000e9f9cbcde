//! Sessions: the memory of one thread, and runs.

use hls4rs_fixed::Fixed;

use crate::buffer::Buffer;
use crate::error::RunError;
use crate::kernel::{Inputs, Io};
use crate::log::{Ledger, Log};
use crate::plan::{Plan, Port, Step};
use crate::scratch::Scratch;

/// The buffers of one thread. Calls do not allocate once each size was seen.
#[derive(Debug)]
pub struct Session<'p> {
    plan: &'p Plan,
    buffers: Vec<Buffer>,
    made: Vec<Buffer>,
    scratch: Scratch,
    log: Log,
    use_fast: bool,
}

impl<'p> Session<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Self {
        let buffers = plan.buffers.iter().map(|&(format, len)| Buffer::new(format, len)).collect();
        let most_outputs = plan.steps.iter().map(|step| step.outputs.len()).max().unwrap_or(0);
        Self {
            plan,
            buffers,
            made: Vec::with_capacity(most_outputs),
            scratch: Scratch::default(),
            log: Log::default(),
            use_fast: true,
        }
    }

    /// Whether fast forms are used; without them every layer is computed like its definition.
    #[must_use]
    pub fn with_fast_kernels(mut self, use_fast: bool) -> Self {
        self.use_fast = use_fast;
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

    /// Predicts one sample: inputs in the model's order, each flat in C order.
    ///
    /// # Errors
    /// If inputs or outputs have other sizes than the model's.
    pub fn predict_f32(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) -> Result<(), RunError> {
        self.load(inputs.len(), |port| inputs[port].len(), |port, index| f64::from(inputs[port][index]))?;
        self.run();
        for (port, output) in self.plan.outputs.iter().zip(outputs) {
            check_size(port, output.len())?;
            self.store(port, output, |value| value.to_f32());
        }
        Ok(())
    }

    /// Predicts one sample in double precision.
    ///
    /// # Errors
    /// If inputs or outputs have other sizes than the model's.
    pub fn predict_f64(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), RunError> {
        self.load(inputs.len(), |port| inputs[port].len(), |port, index| inputs[port][index])?;
        self.run();
        for (port, output) in self.plan.outputs.iter().zip(outputs) {
            check_size(port, output.len())?;
            self.store(port, output, |value| value.to_f64());
        }
        Ok(())
    }

    /// Number of the sample that is computed next, for the ledger.
    pub fn set_sample(&mut self, sample: usize) {
        self.log.sample = sample;
    }

    /// The values of a layer's output in the last run.
    pub fn values<'s>(&'s self, port: &Port) -> impl Iterator<Item = Fixed> + use<'s> {
        let view = self.buffers[port.buffer].view();
        (0..view.len()).map(move |index| view.get(index))
    }

    fn load(
        &mut self,
        count: usize,
        len: impl Fn(usize) -> usize,
        element: impl Fn(usize, usize) -> f64,
    ) -> Result<(), RunError> {
        if count != self.plan.inputs.len() {
            return Err(RunError::InputCount { expected: self.plan.inputs.len(), found: count });
        }
        for (number, port) in self.plan.inputs.iter().enumerate() {
            check_size(port, len(number))?;
            let buffer = &mut self.buffers[port.buffer];
            for index in 0..port.len() {
                buffer.set(index, Fixed::from_f64(element(number, index), port.format));
            }
        }
        Ok(())
    }

    fn store<T>(&self, port: &Port, output: &mut [T], convert: impl Fn(Fixed) -> T) {
        for (value, place) in self.values(port).zip(output) {
            *place = convert(value);
        }
    }

    fn run(&mut self) {
        let plan = self.plan;
        for step in &plan.steps {
            self.run_step(step);
        }
    }

    fn run_step(&mut self, step: &Step) {
        for port in &step.outputs {
            self.made.push(std::mem::replace(&mut self.buffers[port.buffer], Buffer::empty()));
        }
        let inputs = Inputs { buffers: &self.buffers, indices: &step.inputs };
        let mut io = Io { inputs, outputs: &mut self.made, scratch: &mut self.scratch };
        match &step.fast {
            Some(fast) if self.use_fast && self.log.ledger.is_none() => fast.run(&mut io, &mut self.log),
            _ => step.reference.run(&mut io, &mut self.log),
        }
        for (port, made) in step.outputs.iter().zip(self.made.drain(..)) {
            self.buffers[port.buffer] = made;
        }
    }
}

fn check_size(port: &Port, found: usize) -> Result<(), RunError> {
    if found == port.len() {
        return Ok(());
    }
    Err(RunError::Size {
        port: port.name.clone(),
        samples: 1,
        shape: port.shape.clone(),
        expected: port.len(),
        found,
    })
}
