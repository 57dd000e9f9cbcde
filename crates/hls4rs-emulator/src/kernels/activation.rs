//! Activation functions without parameters.

use hls4rs_fixed::Fixed;

use crate::context::Context;
use crate::error::KernelError;
use crate::form::{Form, Map};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let function = context.text("activation", "");
    let result = context.result_slot()?;
    match function.as_str() {
        "relu" => Ok(Box::new(Relu { result })),
        "linear" => Ok(Box::new(Linear { result })),
        _ => Err(KernelError::unsupported(format!("no kernel is known for the activation `{function}`"))),
    }
}

/// `y = max(x, 0)`.
///
/// **Source:** `relu` in `nnet_activation.h`.
#[derive(Debug)]
struct Relu {
    result: Slot,
}

impl Kernel for Relu {
    fn form(&self) -> Form<'_> {
        Form::Map(Map::Relu(self.result.format))
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for (index, value) in input.iter().enumerate() {
            let value = if value > Fixed::int(0) { value } else { Fixed::int(0) };
            io.outputs[0].set(index, self.result.assign(value, log));
        }
    }
}

/// `y = x`.
#[derive(Debug)]
struct Linear {
    result: Slot,
}

impl Kernel for Linear {
    fn form(&self) -> Form<'_> {
        Form::Map(Map::Cast(self.result.format))
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for (index, value) in input.iter().enumerate() {
            io.outputs[0].set(index, self.result.assign(value, log));
        }
    }
}
