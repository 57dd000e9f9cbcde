//! What contractions share.

use hls4rs_backend::Vendor;

use crate::context::Context;
use crate::error::KernelError;

/// Sizes of a contraction: `[n_inplace, n_free0, n_contract]` with `[n_inplace, n_free1, n_contract]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) n_free0: usize,
    pub(crate) n_free1: usize,
    pub(crate) n_contract: usize,
    pub(crate) n_inplace: usize,
}

impl Sizes {
    /// The sizes, of which those of the free axes have different names.
    pub(crate) fn of(context: &Context<'_>, free: [&str; 2]) -> Result<Self, KernelError> {
        Ok(Self {
            n_free0: context.size(free[0])?,
            n_free1: context.size(free[1])?,
            n_contract: context.size("n_contract")?,
            n_inplace: context.size("n_inplace")?,
        })
    }

    /// Elements of both operands and of the result.
    pub(crate) fn lens(self) -> [usize; 3] {
        [
            self.n_inplace * self.n_free0 * self.n_contract,
            self.n_inplace * self.n_free1 * self.n_contract,
            self.n_inplace * self.n_free0 * self.n_free1,
        ]
    }
}

/// An error if hls4ml has no contractions for the backend and strategy.
pub(crate) fn check_target(context: &Context<'_>, strategies: &[&str]) -> Result<(), KernelError> {
    let is_vivado = matches!(context.vendor(), Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis);
    if !is_vivado || context.is_stream() {
        let target = context.specialized.target;
        return Err(KernelError::unsupported(format!("hls4ml has no contractions for {target}")));
    }
    let strategy = context.text("strategy", "latency");
    if !strategies.contains(&strategy.as_str()) {
        return Err(KernelError::unsupported(format!(
            "hls4ml has no contractions with the strategy `{strategy}`"
        )));
    }
    Ok(())
}
