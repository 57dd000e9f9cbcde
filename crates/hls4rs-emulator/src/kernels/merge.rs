//! Elementwise operations on two tensors.

use hls4rs_backend::{Family, Vendor};
use hls4rs_fixed::{Fixed, Format};

use super::{assignment, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{Form, Sum};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// An operation on two tensors, element by element.
///
/// **Formula:** `y[i] = a[i mod n_a] ∘ b[i mod n_b]`; the average is the sum times one half.
///
/// **Precision:** exact, then the result.
///
/// **Source:** `nnet_merge.h`, `nnet_merge_stream.h`.
///
/// **Limits:** Vivado and Vitis repeat the smaller input, in arrays only. With `io_parallel`, Catapult writes the half of
/// averages as a number of `ac_fixed<1,-1,false>`, which cannot hold it: averages are zero there.
#[derive(Debug)]
struct Merge {
    operation: Operation,
    /// The result.
    result: Slot,
}

/// What is done with two elements.
#[derive(Debug, Clone, Copy)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Average { half: Fixed },
    Maximum,
    Minimum,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let operation = operation(context)?;
    let [first, second] = &context.inputs[..] else {
        return Err(KernelError::unsupported(format!("expected two inputs, found {}", context.inputs.len())));
    };
    let (lens, output) = ([first.len(), second.len()], context.output()?.len());
    let repeats = context.family() == Family::Ap && !context.is_stream();
    if output != lens[0].max(lens[1]) || !repeats && lens[0] != lens[1] {
        return Err(KernelError::unsupported(format!(
            "hls4ml cannot merge the shapes {:?} and {:?} for {}",
            first.shape, second.shape, context.specialized.target
        )));
    }
    let zeros = [Fixed::zero(first.format), Fixed::zero(second.format)];
    if context.is_stream() {
        check_streams(context, operation)?;
    }
    let operands = if operation.selects() { zeros } else { [operation.of(zeros[0], zeros[1]); 2] };
    for operand in operands {
        assignment::check(context.family(), operand.format(), context.output()?.format)?;
    }
    Ok(Box::new(Merge { operation, result: context.result_slot()? }))
}

fn operation(context: &Context<'_>) -> Result<Operation, KernelError> {
    let operation = context.text("op", "");
    Ok(match operation.as_str() {
        "add" => Operation::Add,
        "subtract" => Operation::Subtract,
        "multiply" => Operation::Multiply,
        "average" => {
            let is_catapult_array = context.vendor() == Vendor::Catapult && !context.is_stream();
            let integer = if is_catapult_array { -1 } else { 0 };
            Operation::Average { half: Fixed::from_f64(0.5, Format::ufixed(1, integer)) }
        }
        "maximum" => Operation::Maximum,
        "minimum" => Operation::Minimum,
        _ => return Err(KernelError::unsupported(format!("hls4ml has no function `{operation}`"))),
    })
}

fn check_streams(context: &Context<'_>, operation: Operation) -> Result<(), KernelError> {
    if context.vendor() == Vendor::Catapult && operation.selects() {
        let reason = "hls4ml cannot compile maxima and minima of streams for Catapult";
        return Err(KernelError::unsupported(reason));
    }
    let packet = context.output()?.shape.last().copied().unwrap_or(1);
    stream::expect_packet(context, 0, packet)?;
    stream::expect_packet(context, 1, packet)
}

impl Operation {
    /// Whether the result is one of the operands, which are assigned to the result one by one.
    fn selects(self) -> bool {
        matches!(self, Self::Maximum | Self::Minimum)
    }

    fn of(self, a: Fixed, b: Fixed) -> Fixed {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Average { half } => (a + b) * half,
            Self::Maximum => {
                if a > b {
                    a
                } else {
                    b
                }
            }
            Self::Minimum => {
                if a < b {
                    a
                } else {
                    b
                }
            }
        }
    }
}

impl Kernel for Merge {
    fn form(&self) -> Form<'_> {
        let is_difference = match self.operation {
            Operation::Add => false,
            Operation::Subtract => true,
            _ => return Form::Other,
        };
        Form::Sum(Sum { is_difference, result: self.result.format })
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let (first, second) = (io.inputs.get(0), io.inputs.get(1));
        for index in 0..io.outputs[0].len() {
            let (a, b) = (first.get(index % first.len()), second.get(index % second.len()));
            io.outputs[0].set(index, self.result.assign(self.operation.of(a, b), log));
        }
    }
}
