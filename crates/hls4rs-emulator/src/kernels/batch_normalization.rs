//! Normalization with fixed statistics, and scaling behind layers with quantized weights.

use hls4rs_fixed::Fixed;
use hls4rs_types::Attribute;

use super::product::{Product, Weight};
use super::{assignment, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{self, Form};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** `y[i] = scale[c] · x[i] + bias[c]`, where `c` is the channel of element `i`.
///
/// **Precision:** neither product nor sum is rounded before the result is assigned.
///
/// **Source:** `normalize` in `nnet_batchnorm.h`, `nnet_batchnorm_stream.h`.
#[derive(Debug)]
struct BatchNormalization {
    scale: Vec<Weight>,
    bias: Vec<Fixed>,
    product: Product,
    channels: Channels,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let input = context.input()?.clone();
    let channels = Channels::of(context)?;
    let variable = context.weight_variable("scale")?;
    let product = Product::select(context.vendor(), (&input.precision, input.format), &variable.ty.precision);
    let (scale, bias) = (context.weights("scale")?, context.weight("bias")?);
    channels.check("scale", scale.len())?;
    channels.check("bias", bias.len())?;
    let result = context.result_slot()?;
    if let (Some(&scale), Some(&bias)) = (scale.first(), bias.first()) {
        let y = product.of(Fixed::zero(input.format), scale) + bias;
        assignment::check(context.family(), y.format(), result.format)?;
    }
    Ok(Box::new(BatchNormalization { scale, bias, product, channels, result }))
}

impl Kernel for BatchNormalization {
    fn form(&self) -> Form<'_> {
        if self.product != Product::Mult || !self.channels.repeats() {
            return Form::Other;
        }
        let count = self.channels.len();
        Form::Channels(form::Channels {
            scale: self.scale.iter().take(count).map(|weight| weight.value).collect(),
            bias: &self.bias[..count.min(self.bias.len())],
            result: self.result.format,
        })
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (index, x) in io.input().iter().enumerate() {
            let channel = self.channels.of_element(index);
            let y = self.product.of(x, self.scale[channel]) + self.bias[channel];
            io.outputs[0].set(index, self.result.assign(y, log));
        }
    }
}

/// Which parameters belong to which element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Channels {
    n_in: usize,
    /// Numbers that a stream passes at once; all of them for arrays.
    n_pack: usize,
    /// Number of channels, if elements share parameters.
    n_filt: Option<usize>,
}

impl Channels {
    /// Those of the layer: `n_filt`, or one per element where it is −1.
    pub(super) fn of(context: &Context<'_>) -> Result<Self, KernelError> {
        let input = context.input()?;
        let n_in = input.len();
        if context.output()?.len() != n_in {
            return Err(KernelError::unsupported("expected as many outputs as inputs"));
        }
        stream::expect_same_packets(context)?;
        let n_pack = input.shape.last().copied().unwrap_or(1);
        let n_filt = match context.state().get("n_filt").and_then(Attribute::as_int).unwrap_or(-1) {
            -1 => None,
            number => Some(usize::try_from(number).ok().filter(|&number| number > 0).ok_or_else(|| {
                KernelError::unsupported(format!(
                    "`n_filt`: expected −1 or a positive number, found {number}"
                ))
            })?),
        };
        Ok(Self { n_in, n_pack: if context.is_stream() { n_pack } else { n_in }, n_filt })
    }

    /// Number of parameters.
    pub(super) fn len(self) -> usize {
        self.n_filt.unwrap_or(self.n_in)
    }

    /// Whether an element's parameter is its number modulo the number of parameters.
    fn repeats(self) -> bool {
        self.n_filt.is_none_or(|n_filt| self.n_pack.is_multiple_of(n_filt))
    }

    /// Numbers that a stream passes at once.
    pub(super) fn n_pack(self) -> usize {
        self.n_pack
    }

    /// Checks that there are parameters for all channels.
    pub(super) fn check(self, name: &str, found: usize) -> Result<(), KernelError> {
        let used = self.len().min(self.n_pack.max(self.n_filt.map_or(self.n_in, |_| 0)));
        if found >= used {
            return Ok(());
        }
        Err(KernelError::unsupported(format!("`{name}`: expected {used} elements, found {found}")))
    }

    /// Number of an element's parameter.
    pub(super) fn of_element(self, index: usize) -> usize {
        match self.n_filt {
            None => index,
            Some(n_filt) => index % self.n_pack % n_filt,
        }
    }
}
