//! Kernels of layers that are not hls4ml's own.

use std::fmt::Debug;

use hls4rs_fixed::{Fixed, Format};
use hls4rs_layers::LayerState;

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// What a layer that is not hls4ml's own computes, for one sample.
///
/// Inputs and outputs are flat, in C order. Outputs may have any formats; they are assigned to those of the layer's
/// variables.
///
/// ```
/// use hls4rs_emulator::{CustomKernel, CustomKernels};
/// use hls4rs_fixed::Fixed;
///
/// #[derive(Debug)]
/// struct Reverse;
///
/// impl CustomKernel for Reverse {
///     fn run(&self, inputs: &[Vec<Fixed>], outputs: &mut [Vec<Fixed>]) {
///         for (y, x) in outputs[0].iter_mut().zip(inputs[0].iter().rev()) {
///             *y = *x;
///         }
///     }
/// }
///
/// let kernels = CustomKernels::new().with("HReverse", |_| Ok(Box::new(Reverse)));
/// ```
pub trait CustomKernel: Debug + Send + Sync {
    /// Computes the outputs, which are zeros of the variables' formats before.
    fn run(&self, inputs: &[Vec<Fixed>], outputs: &mut [Vec<Fixed>]);
}

/// A layer that a custom kernel is made for.
#[derive(Debug)]
pub struct CustomLayer<'a> {
    /// Name of the layer.
    pub name: &'a str,
    /// What the layer holds.
    pub state: &'a LayerState,
    /// Formats and shapes of its inputs.
    pub inputs: Vec<(Format, Vec<usize>)>,
    /// Formats and shapes of its outputs.
    pub outputs: Vec<(Format, Vec<usize>)>,
}

/// Makes a custom kernel, or says why it cannot.
type Build = Box<dyn Fn(&CustomLayer<'_>) -> Result<Box<dyn CustomKernel>, String> + Send + Sync>;

/// Custom kernels by the class of their layers.
#[derive(Default)]
pub struct CustomKernels {
    builders: Vec<(String, Build)>,
}

impl CustomKernels {
    /// No kernels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a kernel for layers of a class: the name in the archive, or the part behind its last point. It goes before
    /// the emulator's own.
    #[must_use]
    pub fn with(
        mut self,
        class: impl Into<String>,
        build: impl Fn(&CustomLayer<'_>) -> Result<Box<dyn CustomKernel>, String> + Send + Sync + 'static,
    ) -> Self {
        self.builders.push((class.into(), Box::new(build)));
        self
    }

    /// The kernel of a layer, if there is one for its class.
    pub(crate) fn build(&self, context: &mut Context<'_>) -> Option<Result<Box<dyn Kernel>, KernelError>> {
        let class = context.layer.class_name();
        let is_meant = |name: &str| name == class || name == context.layer.kind();
        let (_, build) = self.builders.iter().find(|(name, _)| is_meant(name))?;
        let ports = |tensors: &[crate::context::Tensor]| {
            tensors.iter().map(|tensor| (tensor.format, tensor.shape.clone())).collect()
        };
        let layer = CustomLayer {
            name: context.name,
            state: context.state(),
            inputs: ports(&context.inputs),
            outputs: ports(&context.outputs),
        };
        let formats: Vec<Format> = context.outputs.iter().map(|output| output.format).collect();
        Some(build(&layer).map_err(KernelError::Unsupported).map(|kernel| {
            let results = formats.into_iter().map(|format| context.slot("result", format)).collect();
            Box::new(Custom { kernel, results }) as Box<dyn Kernel>
        }))
    }
}

/// A custom kernel among the others.
#[derive(Debug)]
struct Custom {
    kernel: Box<dyn CustomKernel>,
    results: Vec<Slot>,
}

impl Kernel for Custom {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let inputs: Vec<Vec<Fixed>> =
            (0..io.inputs.len()).map(|number| io.inputs.get(number).iter().collect()).collect();
        let mut outputs: Vec<Vec<Fixed>> =
            io.outputs.iter().map(|output| vec![Fixed::zero(output.format); output.len()]).collect();
        let lens: Vec<usize> = outputs.iter().map(Vec::len).collect();
        self.kernel.run(&inputs, &mut outputs);
        for ((output, values), (result, len)) in
            io.outputs.iter_mut().zip(outputs).zip(self.results.iter().zip(lens))
        {
            for (index, value) in values.into_iter().take(len).enumerate() {
                output.set(index, result.assign(value, log));
            }
        }
    }
}
