//! Precisions of pooling, and of layers that only move values.

use hls4rs_graph::PassError;
use hls4rs_types::Precision;

use super::Slots;
use crate::precisions::{Bits, bits_of_sum};

pub(super) fn pooling(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    if slots.is_open("accum") {
        let sum = needed(slots)?;
        slots.set_own("accum", sum)?;
    }
    if slots.is_open("result") { like_input(slots) } else { Ok(()) }
}

/// The bits of a sum and as many again for the fraction of a mean; the model's maximum does not count.
fn needed(slots: &Slots<'_, '_>) -> Result<Precision, PassError> {
    let input = slots.input(0)?;
    match slots.node()?.state().str("pool_op")?.to_lowercase().as_str() {
        "max" => Ok(input),
        "average" => {
            let Some(bits) = Bits::of(input) else { return slots.default() };
            let extra = bits_of_sum(slots.int_or_one("pool_height")? * slots.int("pool_width")?)?;
            let mut sum = bits.grown(extra);
            sum.width += extra;
            Ok(sum.into_fixed()?.into())
        }
        other => Err(PassError::unsupported(
            "a pooling of `max` or `average`",
            format_args!("`{other}`"),
            "set the precisions of the layer in the configuration",
        )),
    }
}

/// The precision of the input.
pub(super) fn like_input(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    let input = slots.input(0)?;
    slots.set("result", input)
}
