//! The whole computation with layers fused, for certain outputs to be kept.

use std::collections::HashSet;

use hls4rs_fixed::Format;

use super::planner::Head;
use crate::kernel::FastKernel;
use crate::plan::{Port, Step};

/// The whole computation with layers fused.
#[derive(Debug)]
pub(crate) struct Sequence {
    pub(crate) steps: Vec<FastStep>,
    /// The outputs that are kept: their values go to the place of the same number.
    pub(crate) kept: Vec<Port>,
    /// Places of kept outputs that no step makes, such as inputs.
    pub(crate) rest: Vec<usize>,
}

/// A part of the fused computation.
#[derive(Debug)]
pub(crate) struct FastStep {
    pub(crate) execution: Execution,
    pub(crate) inputs: Vec<usize>,
    pub(crate) outputs: Vec<usize>,
    /// Places that get the values of a buffer after the step: those that the step did not set itself.
    pub(crate) places: Vec<usize>,
}

/// How a part is computed.
#[derive(Debug)]
pub(crate) enum Execution {
    /// By a kernel of one layer or several.
    Fast(Box<dyn FastKernel>),
    /// As the layer of that number is alone.
    Step(usize),
}

impl Sequence {
    /// Fuses layers. Chains of layers go through outputs that are kept, where the values can be kept on the way.
    pub(crate) fn new(steps: &[Step], buffers: &[(Format, usize)], kept: Vec<Port>) -> Self {
        let fusion = Fusion { steps, buffers, kept: &kept };
        let mut fused = HashSet::new();
        let mut sequence = Vec::new();
        for index in 0..steps.len() {
            if fused.contains(&index) {
                continue;
            }
            match fusion.chain(index) {
                Some((step, taken)) => {
                    fused.extend(taken);
                    sequence.push(step);
                }
                None => sequence.push(fusion.alone(index)),
            }
        }
        let is_made = |port: &Port| steps.iter().any(|step| step.made.contains(&port.buffer));
        let rest = (0..kept.len()).filter(|&place| !is_made(&kept[place])).collect();
        Self { steps: sequence, kept, rest }
    }

    /// Whether a buffer is read or made.
    pub(crate) fn uses(&self, buffer: usize) -> bool {
        self.steps.iter().any(|step| step.inputs.contains(&buffer) || step.outputs.contains(&buffer))
    }
}

/// What is fused.
struct Fusion<'a> {
    steps: &'a [Step],
    buffers: &'a [(Format, usize)],
    kept: &'a [Port],
}

impl Fusion<'_> {
    /// The step that computes a layer alone.
    fn alone(&self, index: usize) -> FastStep {
        let step = &self.steps[index];
        FastStep {
            execution: Execution::Step(index),
            inputs: step.inputs.clone(),
            outputs: step.made.clone(),
            places: step.made.iter().flat_map(|&buffer| self.places(buffer)).collect(),
        }
    }

    /// The step that computes a layer and those that follow, and the numbers of these; nothing if there is none to be preferred
    /// to the layer alone.
    fn chain(&self, index: usize) -> Option<(FastStep, Vec<usize>)> {
        let step = &self.steps[index];
        let mut head = step.head.clone()?;
        let mut made = *step.made.first()?;
        let mut taken = Vec::new();
        let mut untapped = self.tap(&mut head, made);
        while let Some(next) = only_reader(self.steps, made).filter(|_| untapped.is_empty()) {
            let Some(longer) = head.followed_by(&self.steps[next], self.buffers[made].0) else { break };
            head = longer;
            taken.push(next);
            made = *self.steps[next].made.first()?;
            untapped = self.tap(&mut head, made);
        }
        if taken.is_empty() && head.chain().taps.is_empty() {
            return None;
        }
        let execution = Execution::Fast(head.kernel()?);
        let (inputs, outputs) = (step.inputs.clone(), vec![made]);
        Some((FastStep { execution, inputs, outputs, places: untapped }, taken))
    }

    /// Keeps the values that a chain ends with, if they are to be kept. The places that it cannot set.
    fn tap(&self, head: &mut Head, buffer: usize) -> Vec<usize> {
        let format = self.buffers[buffer].0;
        self.places(buffer).filter(|&place| head.chain_mut().tap(place, format).is_none()).collect()
    }

    /// The places that the values of a buffer go to.
    fn places(&self, buffer: usize) -> impl Iterator<Item = usize> {
        let kept = self.kept.iter().enumerate();
        kept.filter(move |(_, port)| port.buffer == buffer).map(|(place, _)| place)
    }
}

/// The only step that reads a buffer, if it reads no other.
fn only_reader(steps: &[Step], buffer: usize) -> Option<usize> {
    let mut readers = steps.iter().enumerate().filter(|(_, step)| step.inputs.contains(&buffer));
    let (index, step) = readers.next()?;
    (readers.next().is_none() && step.inputs.len() == 1 && step.made.len() == 1).then_some(index)
}
