//! Moving elements.

use hls4rs_fixed::Format;

use super::interval::Interval;
use crate::buffer::{Buffer, Elements};
use crate::form;
use crate::kernel::{FastKernel, Io};
use crate::places::Places;

/// Elements that lie side by side in both tensors.
#[derive(Debug, Clone, Copy)]
struct Run {
    to: usize,
    input: usize,
    from: usize,
    len: usize,
}

/// The runs of every output; what no run reaches is zero.
#[derive(Debug)]
struct Gather {
    outputs: Vec<Output>,
}

#[derive(Debug)]
struct Output {
    runs: Vec<Run>,
    len: usize,
    has_zeros: bool,
}

/// The fast form, if raw integers stay what they are.
pub(crate) fn kernel(gather: &form::Gather, inputs: &[Format]) -> Option<Box<dyn FastKernel>> {
    let keeps_raw = |result: &Format| {
        inputs.iter().all(|input| {
            let ranges = Interval::of(*result).zip(Interval::of(*input));
            input.fractional() == result.fractional()
                && ranges.is_some_and(|(result, input)| result.holds(input))
        })
    };
    gather.results.iter().all(keeps_raw).then(|| {
        let outputs = gather.sources.iter().map(|sources| Output::new(sources)).collect();
        Box::new(Gather { outputs }) as Box<dyn FastKernel>
    })
}

impl Output {
    fn new(sources: &[Option<(usize, usize)>]) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (to, source) in sources.iter().enumerate() {
            let Some((input, from)) = *source else { continue };
            match runs.last_mut() {
                Some(run) if run.input == input && run.from + run.len == from && run.to + run.len == to => {
                    run.len += 1;
                }
                _ => runs.push(Run { to, input, from, len: 1 }),
            }
        }
        Self { runs, len: sources.len(), has_zeros: sources.iter().any(Option::is_none) }
    }

    fn run(&self, io: &Io<'_>, made: &mut Buffer, sample: usize) {
        for run in &self.runs {
            let input = io.inputs.buffer(run.input);
            let (from, to) = (sample * input.len() + run.from, sample * self.len + run.to);
            match (&input.elements, &mut made.elements) {
                (Elements::I32(source), Elements::I32(target)) => {
                    target[to..to + run.len].copy_from_slice(&source[from..from + run.len]);
                }
                (Elements::I64(source), Elements::I64(target)) => {
                    target[to..to + run.len].copy_from_slice(&source[from..from + run.len]);
                }
                (Elements::I32(source), Elements::I64(target)) => {
                    for (target, &source) in target[to..to + run.len].iter_mut().zip(&source[from..]) {
                        *target = source.into();
                    }
                }
                // the target's range holds the source's, so that these do not occur
                (Elements::I64(_), Elements::I32(_)) | (Elements::Wide(_), _) | (_, Elements::Wide(_)) => {}
            }
        }
    }
}

impl FastKernel for Gather {
    fn run(&self, io: &mut Io<'_>, _: &mut Places<'_, '_>, samples: usize) {
        for (number, output) in self.outputs.iter().enumerate() {
            let mut made = std::mem::replace(&mut io.outputs[number], Buffer::empty());
            if output.has_zeros {
                made.fill_zero(samples * output.len);
            }
            for sample in 0..samples {
                output.run(io, &mut made, sample);
            }
            io.outputs[number] = made;
        }
    }
}
