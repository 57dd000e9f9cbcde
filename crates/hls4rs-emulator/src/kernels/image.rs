//! Layers that put numbers in other places.

use hls4rs_fixed::Fixed;

use super::assignment;
use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{self, Form};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// Numbers of the input in other places, zeros elsewhere.
///
/// **Precision:** that of the result.
#[derive(Debug)]
struct Gather {
    /// Per number of the output, the number of the input, [`NOWHERE`] for zero.
    sources: Vec<u32>,
    result: Slot,
}

const NOWHERE: u32 = u32::MAX;

/// An image: height, width, number of channels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) n_chan: usize,
    pub(crate) is_first: bool,
}

impl Image {
    fn len(&self) -> usize {
        self.height * self.width * self.n_chan
    }

    /// Where a number of the image is.
    fn place(&self, (row, column, channel): (usize, usize, usize)) -> usize {
        if self.is_first {
            (channel * self.height + row) * self.width + column
        } else {
            (row * self.width + column) * self.n_chan + channel
        }
    }
}

/// Makes the kernel of a layer that makes an image from another one: pixel by pixel of the output, the pixel of the input.
pub(crate) fn build(
    context: &mut Context<'_>,
    from: Image,
    to: Image,
    source: impl Fn(usize, usize) -> Option<(usize, usize)>,
) -> Result<Box<dyn Kernel>, KernelError> {
    support::check_sizes(context, from.len(), to.len())?;
    assignment::check(context.family(), context.input()?.format, context.output()?.format)?;
    let mut sources = vec![NOWHERE; to.len()];
    for row in 0..to.height {
        for column in 0..to.width {
            let Some((from_row, from_column)) = source(row, column) else { continue };
            if from_row >= from.height || from_column >= from.width {
                return Err(KernelError::unsupported("hls4ml's C++ reads beyond the input"));
            }
            for channel in 0..to.n_chan {
                let place = from.place((from_row, from_column, channel));
                sources[to.place((row, column, channel))] = u32::try_from(place).unwrap_or(NOWHERE);
            }
        }
    }
    let result = context.result_slot()?;
    Ok(Box::new(Gather { sources, result }))
}

/// An error unless input and output have the same type, as C++ wants it for this layer.
pub(crate) fn check_same_type(context: &Context<'_>) -> Result<(), KernelError> {
    let (input, output) = (context.input()?.format, context.output()?.format);
    if input == output {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "hls4ml cannot compile this layer with an input of {input} and an output of {output}"
    )))
}

impl Kernel for Gather {
    fn form(&self) -> Form<'_> {
        let source = |&source: &u32| (source != NOWHERE).then_some((0, source as usize));
        Form::Gather(form::Gather {
            sources: vec![self.sources.iter().map(source).collect()],
            results: vec![self.result.format],
        })
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for (index, &source) in self.sources.iter().enumerate() {
            let value = if source == NOWHERE { Fixed::int(0) } else { input.get(source as usize) };
            io.outputs[0].set(index, self.result.assign(value, log));
        }
    }
}
