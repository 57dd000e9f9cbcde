//! Precisions of layers with two inputs.

use hls4rs_graph::PassError;
use hls4rs_types::{FixedPrecision, Precision, RoundingMode, SaturationMode};

use super::Slots;
use crate::precisions::{Bits, bits_of_sum, is_equal};

pub(super) fn merge(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    let (one, other) = (slots.input(0)?, slots.input(1)?);
    let operation = slots.node()?.state().str("op")?.to_lowercase();
    let operation = operation.as_str();
    let is_either = matches!(operation, "maximum" | "minimum");
    let precision = match (Bits::of(one), Bits::of(other)) {
        _ if is_either && is_equal(one, other) => one,
        (Some(one), Some(other)) => {
            let limit = slots.maximum()?;
            match operation {
                "add" | "average" => one.sum(other).limited(limit).into_fixed()?.into(),
                "subtract" => {
                    let difference = Bits { signed: true, ..one.sum(other) };
                    difference.limited(limit).into_fixed()?.into()
                }
                "multiply" => one.product(other).limited(limit).into_fixed()?.into(),
                // the model's maximum does not count here
                _ if is_either => one.union(other).into_fixed()?.into(),
                _ => slots.default()?,
            }
        }
        _ => slots.default()?,
    };
    slots.set_own("result", precision)
}

/// The modes are those of the first input, where it has other than the usual ones, else those of the second.
pub(super) fn concatenate(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    let (one, other) = (slots.input(0)?, slots.input(1)?);
    let precision = match (Bits::of(one), Bits::of(other)) {
        _ if is_equal(one, other) => one,
        (Some(bits), Some(other_bits)) => {
            let union = bits.union(other_bits).limited(slots.maximum()?).into_fixed()?;
            with_modes(union, one, other)
        }
        _ => slots.default()?,
    };
    slots.set_own("result", precision)
}

fn with_modes(fixed: FixedPrecision, one: Precision, other: Precision) -> Precision {
    let (Some(one), Some(other)) = (one.to_fixed(), other.to_fixed()) else { return fixed.into() };
    let rounding = Some(one.rounding_mode).filter(|mode| *mode != RoundingMode::Trn);
    let saturation = Some(one.saturation_mode).filter(|mode| *mode != SaturationMode::Wrap);
    let bits = Some(one.saturation_bits).filter(|bits| *bits != 0);
    let modes = fixed
        .with_rounding_mode(rounding.unwrap_or(other.rounding_mode))
        .with_saturation_mode(saturation.unwrap_or(other.saturation_mode));
    FixedPrecision { saturation_bits: bits.unwrap_or(other.saturation_bits), ..modes }.into()
}

/// The result of a `Dot`; hls4ml demands that it is all that is open.
pub(super) fn dot(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    slots.expect_only("result")?;
    let (one, other) = (slots.input(0)?, slots.input(1)?);
    let precision = match (Bits::of(one), Bits::of(other)) {
        (Some(one), Some(other)) => {
            let shape = slots.node()?.input_variable(0).map(|input| input.shape.clone()).unwrap_or_default();
            let n = shape.first().copied().unwrap_or(1);
            one.product(other).grown(bits_of_sum(n)?).limited(slots.maximum()?).into_fixed()?.into()
        }
        _ => slots.default()?,
    };
    slots.set_own("result", precision)
}
