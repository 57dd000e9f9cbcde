//! Assignments that C++ compiles.

use hls4rs_backend::Family;
use hls4rs_fixed::Format;

use crate::error::KernelError;

/// An error if C++ cannot assign numbers of one type to a variable of the other.
///
/// `ac_int` takes integers only: it has no constructor from `ac_fixed`.
pub(crate) fn check(family: Family, from: Format, to: Format) -> Result<(), KernelError> {
    if family == Family::Ac && to.is_int && !from.is_int {
        let reason = format!("hls4ml cannot compile the assignment of `{from}` to `{to}`");
        return Err(KernelError::unsupported(reason));
    }
    Ok(())
}
