//! Precisions of normalizations, and of embeddings.

use hls4rs_graph::PassError;
use hls4rs_types::Precision;

use super::Slots;
use crate::precisions::Bits;

/// Scale and bias get the default precision even if they have quantizers.
pub(super) fn norm(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    for weight in ["scale", "bias"] {
        if slots.is_open(weight) {
            slots.set_default(weight)?;
        }
    }
    if slots.is_open("result") {
        let result = needed(slots)?;
        slots.set_own("result", result)?;
    }
    Ok(())
}

fn needed(slots: &Slots<'_, '_>) -> Result<Precision, PassError> {
    let (input, scale, bias) = (slots.input(0)?, slots.precision("scale")?, slots.precision("bias")?);
    let (Some(input), Some(scale), Some(bias)) = (Bits::of(input), Bits::of(scale), Bits::of(bias)) else {
        return slots.default();
    };
    Ok(input.product(scale).sum(bias).limited(slots.maximum()?).into_fixed()?.into())
}

pub(super) fn embedding(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    if slots.is_open("embeddings") {
        slots.set_default("embeddings")?;
    }
    if slots.is_open("result") {
        let default = slots.default()?;
        slots.set_own("result", default)?;
    }
    Ok(())
}
