//! Packets of streams.

use hls4rs_types::VariableForm;

use crate::context::Context;
use crate::error::KernelError;

/// Elements of one packet of an input's stream.
///
/// A packet is as long as the last dimension. A flattened stream keeps the packets that it had, also if it is
/// flattened twice: both variables have the type name of the first stream, and C++ knows the first type of a name.
///
/// **Source:** `StreamVariableConverter`, `InplaceStreamVariableConverter` of `hls4ml.backends.fpga.fpga_types`.
pub(crate) fn packet(context: &Context<'_>, input: usize) -> Result<usize, KernelError> {
    let missing = || KernelError::unsupported(format!("expected an input number {input}, found none"));
    let name = context.state().inputs.get(input).ok_or_else(missing)?;
    let variable = context.specialized.graph.output_variable(name).ok_or_else(missing)?;
    let mut source = variable;
    while let VariableForm::Inplace { input } = &source.form {
        source = input;
    }
    Ok(source.dims().and_then(|shape| shape.last().copied()).filter(|&packet| packet > 0).unwrap_or(1))
}

/// An error if the packets of an input are not as long as expected.
pub(crate) fn expect_packet(context: &Context<'_>, input: usize, expected: usize) -> Result<(), KernelError> {
    let found = packet(context, input)?;
    if found == expected {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "hls4ml cannot read this stream: expected packets of {expected} elements, found packets of {found}"
    )))
}

/// An error if a layer makes other packets of a stream than it reads, as functions of single elements do behind a
/// stream that was flattened in place.
///
/// **Source:** `nnet_activation_stream.h` reads as many packets as it makes, and beyond the end of each;
/// `nnet_batchnorm_stream.h` makes as many packets as it reads, and sets only the beginning of each.
pub(crate) fn expect_same_packets(context: &Context<'_>) -> Result<(), KernelError> {
    if !context.is_stream() {
        return Ok(());
    }
    let (read, made) = (packet(context, 0)?, context.output()?.shape.last().copied().unwrap_or(1));
    if read == made {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "hls4ml's C++ is not defined for this stream: it reads packets of {read} elements, as before the stream was \
         flattened, and makes packets of {made}"
    )))
}
