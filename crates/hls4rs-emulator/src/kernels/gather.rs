//! What layers that only move elements share: each output element is one of the inputs' elements.

use super::assignment;
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{self, Form};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// Where an element comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Number of the input.
    pub(crate) input: usize,
    /// Number of the element.
    pub(crate) element: usize,
}

/// Elements in another order, assigned to the type of the output. All outputs get the same.
///
/// **Formula:** `y[i] = x[origin[i]]`.
#[derive(Debug)]
struct Gather {
    origins: Vec<Origin>,
    results: Vec<Slot>,
}

/// Elements of the first input.
pub(crate) fn of_first_input(elements: impl IntoIterator<Item = usize>) -> Vec<Origin> {
    elements.into_iter().map(|element| Origin { input: 0, element }).collect()
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>, origins: Vec<Origin>) -> Result<Box<dyn Kernel>, KernelError> {
    for origin in &origins {
        if context.inputs.get(origin.input).is_none_or(|input| origin.element >= input.len()) {
            return Err(KernelError::unsupported(
                "hls4ml reads beyond the end of an input, which is not defined",
            ));
        }
    }
    let mut results = Vec::with_capacity(context.outputs.len());
    for number in 0..context.outputs.len() {
        let (format, len) = (context.outputs[number].format, context.outputs[number].len());
        if len != origins.len() {
            let found = origins.len();
            return Err(KernelError::unsupported(format!(
                "expected {len} elements of output, found {found}"
            )));
        }
        for input in &context.inputs {
            assignment::check(context.family(), input.format, format)?;
        }
        results.push(context.slot("result", format));
    }
    Ok(Box::new(Gather { origins, results }))
}

impl Kernel for Gather {
    fn form(&self) -> Form<'_> {
        let sources: Vec<_> =
            self.origins.iter().map(|origin| Some((origin.input, origin.element))).collect();
        Form::Gather(form::Gather {
            sources: vec![sources; self.results.len()],
            results: self.results.iter().map(|result| result.format).collect(),
        })
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (output, result) in io.outputs.iter_mut().zip(&self.results) {
            for (index, origin) in self.origins.iter().enumerate() {
                let value = io.inputs.get(origin.input).get(origin.element);
                output.set(index, result.assign(value, log));
            }
        }
    }
}
