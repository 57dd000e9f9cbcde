//! Packets of streams.

use hls4rs_types::VariableForm;

use crate::context::Context;
use crate::error::KernelError;

/// Elements of one packet of an input's stream.
///
/// A packet is as long as the last dimension. A flattened stream keeps the packets that it had.
///
/// **Source:** `StreamVariableConverter`, `InplaceStreamVariableConverter` of `hls4ml.backends.fpga.fpga_types`.
pub(crate) fn packet(context: &Context<'_>, input: usize) -> Result<usize, KernelError> {
    let missing = || KernelError::unsupported(format!("expected an input number {input}, found none"));
    let name = context.state().inputs.get(input).ok_or_else(missing)?;
    let variable = context.specialized.graph.output_variable(name).ok_or_else(missing)?;
    let shape = match &variable.form {
        VariableForm::Inplace { input } => input.dims(),
        _ => variable.dims(),
    };
    Ok(shape.and_then(|shape| shape.last().copied()).filter(|&packet| packet > 0).unwrap_or(1))
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
