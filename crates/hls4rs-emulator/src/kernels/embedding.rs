//! Look-ups of vectors in a table.

use hls4rs_backend::{Family, Vendor};
use hls4rs_fixed::Fixed;

use super::{assignment, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// A vector for each number, looked up in a table.
///
/// **Formula:** `y[i, j] = embeddings[x[i] · n_out + j]`.
///
/// **Precision:** `embeddings_t`, then the result. The place in the table is cut to an integer after the multiplication
/// by `n_out` (before it in Quartus's arrays), so that numbers with a fraction mean places between vectors.
///
/// **Source:** `nnet_embed.h`, `nnet_embed_stream.h`.
///
/// **Limits:** a place outside of the table is not defined, and reported.
#[derive(Debug)]
struct Embedding {
    n_out: usize,
    embeddings: Vec<Fixed>,
    cuts_first: bool,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let n_out = context.size("n_out")?;
    let input = context.input()?.clone();
    let (expected, found) = (input.len() * n_out, context.output()?.len());
    if found != expected || input.len() != context.size("n_in")? {
        return Err(KernelError::unsupported(format!(
            "expected {expected} elements of output, found {found}"
        )));
    }
    let cuts_first = context.vendor() == Vendor::Quartus && !context.is_stream();
    if context.family() == Family::Ac && !cuts_first && !input.format.is_int {
        let reason =
            format!("hls4ml cannot compile look-ups of `{}`; expected an integer type", input.format);
        return Err(KernelError::unsupported(reason));
    }
    if context.is_stream() {
        // the function reads a single packet
        stream::expect_packet(context, 0, input.len())?;
    }
    let embeddings = context.weight("embeddings")?;
    if let Some(first) = embeddings.first() {
        assignment::check(context.family(), first.format(), context.output()?.format)?;
    }
    Ok(Box::new(Embedding { n_out, embeddings, cuts_first, result: context.result_slot()? }))
}

impl Embedding {
    /// The place of an element in the table.
    fn place(&self, value: Fixed, j: usize) -> Option<Fixed> {
        let n_out = Fixed::uint(u32::try_from(self.n_out).ok()?);
        let j = Fixed::int(i32::try_from(j).ok()?);
        let value = if self.cuts_first { Fixed::uint(u32::try_from(value.to_int()).ok()?) } else { value };
        let place = value * n_out + j;
        self.embeddings.get(usize::try_from(place.to_int()).ok().filter(|_| !place.is_negative())?).copied()
    }
}

impl Kernel for Embedding {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for (i, value) in input.iter().enumerate() {
            for j in 0..self.n_out {
                let element = self.place(value, j).unwrap_or_else(|| {
                    log.is_undefined = true;
                    Fixed::int(0)
                });
                io.outputs[0].set(i * self.n_out + j, self.result.assign(element, log));
            }
        }
    }
}
