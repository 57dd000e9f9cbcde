//! Assignments that C++ compiles and runs.

use hls4rs_backend::Family;
use hls4rs_fixed::Format;
use hls4rs_types::RoundingMode;

use crate::error::KernelError;

/// An error if C++ cannot assign numbers of one type to a variable of the other.
///
/// `ac_int` takes integers only: it has no constructor from `ac_fixed`. A rounding `ap_fixed` whose last bit is more than one
/// place left of all bits of the number looks for a bit there, and an assertion ends the program.
///
/// **Source:** `ac_int.h`; `ap_fixed_base::operator=` in `ap_fixed_base.h`, `get_bit` in `ap_private.h`.
pub(crate) fn check(family: Family, from: Format, to: Format) -> Result<(), KernelError> {
    let fails = match family {
        Family::Ac => to.is_int && !from.is_int,
        Family::Ap => !to.is_int && rounds(from, to) && lost(from, to) > i64::from(from.width),
    };
    if fails {
        let verb = if family == Family::Ac { "compile" } else { "run" };
        let reason = format!("hls4ml cannot {verb} the assignment of `{from}` to `{to}`");
        return Err(KernelError::unsupported(reason));
    }
    Ok(())
}

/// Whether the bits that are lost on the right matter.
fn rounds(from: Format, to: Format) -> bool {
    match to.rounding {
        RoundingMode::Trn => false,
        RoundingMode::TrnZero => from.signed,
        _ => true,
    }
}

/// Number of places that are lost on the right.
fn lost(from: Format, to: Format) -> i64 {
    i64::from(from.fractional()) - i64::from(to.fractional())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hls4rs_types::SaturationMode;

    #[test]
    fn rounding_looks_for_a_bit_of_the_number() {
        let to = |rounding| Format::fixed(6, 10).with_modes(rounding, SaturationMode::Wrap);
        let is_run = |from, rounding| check(Family::Ap, from, to(rounding)).is_ok();
        assert!(!is_run(Format::fixed(4, 1), RoundingMode::RndMinInf));
        assert!(!is_run(Format::fixed(4, 1), RoundingMode::TrnZero));
        assert!(is_run(Format::ufixed(4, 1), RoundingMode::TrnZero));
        assert!(is_run(Format::fixed(4, 1), RoundingMode::Trn));
        assert!(is_run(Format::fixed(7, 4), RoundingMode::RndMinInf));
    }
}
