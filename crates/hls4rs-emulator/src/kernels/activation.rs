//! Activation functions without parameters, and what all layers that apply a function to every element share.

use hls4rs_backend::Vendor;

use super::functions::{Function, Signature, function};
use super::stream;
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{Form, Map};
use crate::kernel::{Io, Kernel};
use crate::log::Log;

/// A function, element by element.
///
/// **Formula:** `y[i] = f(x[i])`, where `activation` names `f` in upper or lower case.
///
/// **Precision:** see [`functions`](super::functions).
///
/// **Source:** `ActivationFunctionTemplate` of `core_templates` of the backends, hls4ml 1.3.0.
#[derive(Debug)]
struct Elementwise {
    function: Box<dyn Function>,
}

impl Kernel for Elementwise {
    fn form(&self) -> Form<'_> {
        Form::Map(self.function.map().unwrap_or(Map::Function(self.function.as_ref())))
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (index, x) in io.input().iter().enumerate() {
            io.outputs[0].set(index, self.function.of(x, log));
        }
    }
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let name = context.text("activation", "");
    // what `QuartusBackend.init_activation` does
    let name =
        if context.vendor() == Vendor::Quartus && name == "tanh" { "dense_tanh".to_owned() } else { name };
    let signature = signature(context)?;
    elementwise(&name, &signature)
}

/// The signature of a function from the layer's input to its output.
pub(super) fn signature<'a>(context: &mut Context<'a>) -> Result<Signature<'a>, KernelError> {
    check_sizes(context)?;
    let result = context.result_slot()?;
    Signature::new(context, context.input()?.format, result)
}

/// The kernel that applies a function to every element.
pub(super) fn elementwise(name: &str, signature: &Signature<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    Ok(Box::new(Elementwise { function: function(name, signature)? }))
}

/// Checks that input and output have as many elements as C++ is told, in equal packets.
pub(super) fn check_sizes(context: &Context<'_>) -> Result<(), KernelError> {
    let (input, output) = (context.input()?.len(), context.output()?.len());
    let n_in = context.size_or("n_in", input);
    if n_in == input && output == input {
        return stream::expect_same_packets(context);
    }
    Err(KernelError::unsupported(format!(
        "expected inputs and outputs of {n_in} elements (`n_in`), found {input} and {output}"
    )))
}
