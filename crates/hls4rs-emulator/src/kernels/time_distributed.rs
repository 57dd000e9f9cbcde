//! The beginnings and ends of loops over time steps.

use hls4rs_backend::IoType;
use hls4rs_types::{Attribute, NamedType, VariableForm};

use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::Log;
use crate::loops::Marker;

/// Takes a time step out of a sequence, or puts one into it; the layers between both are computed for every step.
///
/// **Shapes:** the beginning `[n_time_steps, …] → […]`, the end `[…] → [n_time_steps, …]`, with one to three dimensions
/// for a step.
///
/// **Formula:** `y = x[t]` at the beginning, `y[t] = x` at the end.
///
/// **Precision:** both are copies; C++ wants the same type on both sides.
///
/// **Source:** `read_time_step_2d` to `write_time_step_4d` of `nnet_time_distributed.h`; `TimeDistributedFunctionTemplate` of
/// `hls4ml.backends.vivado.passes.recurrent_templates`, which opens the loop's brace with the one layer and closes it
/// with the other; `ExpandTimeDistributed` of `hls4ml.model.optimizer.passes.expand_time_distributed`.
///
/// **Limits:** Vivado and Vitis only, with `io_parallel`. A trace has the last time step of the layers in the loop.
#[derive(Debug)]
struct TimeStep {
    marker: Marker,
    /// Elements of a time step.
    len: usize,
}

/// What ends the name of a layer that ends a loop.
const END: &str = "_end";

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context)?;
    let count = context.size("n_time_steps")?;
    let begins = begins(context)?;
    let (input, output) = (context.input()?.clone(), context.output()?.clone());
    let (sequence, step) = if begins { (&input, &output) } else { (&output, &input) };
    let rank = input.shape.len() + usize::from(context.name.ends_with(END));
    if !(2..=4).contains(&rank) {
        return Err(KernelError::unsupported(format!(
            "hls4ml's C++ has loops over time steps of 1 to 3 dimensions, found the shapes {:?} and {:?}",
            input.shape, output.shape
        )));
    }
    if sequence.len() != count * step.len() {
        return Err(KernelError::unsupported(format!(
            "expected {count} time steps of the shape {:?}, found the shape {:?}: hls4ml's C++ reads or writes memory beside it, \
             or does not write all of it",
            step.shape, sequence.shape
        )));
    }
    same_type(context)?;
    let marker = if begins { Marker::Begin { count } } else { Marker::End };
    Ok(Box::new(TimeStep { marker, len: step.len() }))
}

/// An error where hls4ml has no code for loops, or code that does not compile.
fn check_target(context: &Context<'_>) -> Result<(), KernelError> {
    let target = context.specialized.target;
    if !support::is_like_vivado(support::templates(context)?) {
        return Err(KernelError::unsupported(format!(
            "hls4ml generates no code for loops over time steps for {target}; the layers inside read memory that nobody wrote"
        )));
    }
    if target.io_type == IoType::Stream {
        return Err(KernelError::unsupported(
            "hls4ml's loops over time steps cannot be compiled for streams",
        ));
    }
    Ok(())
}

/// Whether the loop begins with the layer, rather than ends with it: if it holds the layer of its own name and `_end`.
///
/// Archives have the name of the other layer, or nothing; then there has to be a layer of that name.
fn begins(context: &Context<'_>) -> Result<bool, KernelError> {
    let end = format!("{}{END}", context.name);
    match context.state().get("wrapped_layer") {
        Some(Attribute::String(name)) => Ok(*name == end),
        None | Some(Attribute::Null) => {
            let is_end = |(name, layer): (&str, &dyn hls4rs_layers::Layer)| {
                name == end && layer.kind() == context.layer.kind()
            };
            Ok(context.specialized.graph.layers().any(is_end))
        }
        Some(_) => Err(KernelError::unsupported(
            "hls4ml generates no code for a layer that holds another; a conversion puts a loop over time steps in its place",
        )),
    }
}

/// An error unless input and output have the same type in C++.
fn same_type(context: &Context<'_>) -> Result<(), KernelError> {
    let graph = context.specialized.graph;
    let precision = |names: &[String]| {
        let variable = names.first().and_then(|name| graph.output_variable(name));
        variable.map(|variable| context.specialized.types.precision(element_type(variable)))
    };
    let (input, output) = (precision(&context.state().inputs), precision(&context.state().outputs));
    if input == output {
        return Ok(());
    }
    let shown =
        |found: Option<hls4rs_types::Precision>| found.map_or("none".to_owned(), |found| found.to_string());
    Err(KernelError::unsupported(format!(
        "hls4ml cannot compile this layer unless input and output have the same type, found `{}` and `{}`",
        shown(input),
        shown(output)
    )))
}

/// The type of the elements: for another name of a variable, those of the variable.
fn element_type(mut variable: &hls4rs_types::TensorVariable) -> &NamedType {
    while let VariableForm::Inplace { input } = &variable.form {
        variable = input;
    }
    &variable.ty
}

impl Kernel for TimeStep {
    fn marker(&self) -> Option<Marker> {
        Some(self.marker)
    }

    fn run(&self, io: &mut Io<'_>, _: &mut Log) {
        let input = io.input();
        let at = io.time_step * self.len;
        for index in 0..self.len {
            let (from, to) = match self.marker {
                Marker::Begin { .. } => (at + index, index),
                Marker::End => (index, at + index),
            };
            io.outputs[0].set(to, input.get(from));
        }
    }
}
