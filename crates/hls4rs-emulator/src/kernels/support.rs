//! Checks that many kernels make.

use hls4rs_backend::Vendor;
use hls4rs_types::Attribute;

use crate::context::Context;
use crate::error::KernelError;

/// The backend whose C++ templates a model uses.
pub(crate) fn templates(context: &Context<'_>) -> Result<Vendor, KernelError> {
    match context.vendor() {
        Vendor::VivadoAccelerator => Ok(Vendor::Vivado),
        vendor @ (Vendor::Vivado | Vendor::Vitis | Vendor::Quartus | Vendor::Catapult) => Ok(vendor),
        vendor @ (Vendor::OneApi | Vendor::Libero) => Err(unknown(vendor)),
    }
}

/// The error of backends that nothing can be run for; plans for them are refused before.
pub(crate) fn unknown(vendor: Vendor) -> KernelError {
    let reason = super::backend_reason(vendor).unwrap_or("that has no templates");
    KernelError::unsupported(format!("`{vendor}`: a backend {reason}"))
}

/// Whether hls4ml calls the functions for channels first: only where the attribute says so.
pub(crate) fn is_channels_first(context: &Context<'_>) -> bool {
    context.state().get("data_format").and_then(Attribute::as_str) == Some("channels_first")
}

/// An error unless the first input and the first output have that many elements.
pub(crate) fn check_sizes(context: &Context<'_>, input: usize, output: usize) -> Result<(), KernelError> {
    let (found_input, found_output) = (context.input()?, context.output()?);
    if found_input.len() == input && found_output.len() == output {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "expected {input} inputs and {output} outputs, found the shapes {:?} and {:?}",
        found_input.shape, found_output.shape
    )))
}

/// Whether the C++ templates are those of Vivado, or their variants for Vitis.
pub(crate) fn is_like_vivado(vendor: Vendor) -> bool {
    matches!(vendor, Vendor::Vivado | Vendor::Vitis)
}
