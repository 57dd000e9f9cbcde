//! Precisions of layers that sum products with weights.

use hls4rs_graph::PassError;
use hls4rs_types::Precision;

use super::Slots;
use crate::precisions::{Bits, bits_of_sum};

pub(super) fn dense(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    let n = slots.int("n_in")?;
    sum_of_products(slots, n)
}

pub(super) fn conv(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    let n = slots.int("n_chan")? * slots.int_or_one("filt_height")? * slots.int("filt_width")?;
    sum_of_products(slots, n)
}

pub(super) fn depthwise(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    let n = slots.int_or_one("filt_height")? * slots.int("filt_width")?;
    sum_of_products(slots, n)
}

/// The pass `separable_to_depthwise_and_conv` comes before and leaves no such layer.
pub(super) fn separable(_: &mut Slots<'_, '_>) -> Result<(), PassError> {
    Err(PassError::unsupported(
        "a depthwise and a pointwise convolution",
        "a separable one",
        "apply the flow `convert` as it is",
    ))
}

/// A bias and `n` products of weights with inputs.
fn sum_of_products(slots: &mut Slots<'_, '_>, n: i64) -> Result<(), PassError> {
    slots.set_weight("weight")?;
    slots.set_weight("bias")?;
    if !slots.is_open("accum") && !slots.is_open("result") {
        return Ok(());
    }
    let sum = needed(slots, n)?;
    for slot in ["accum", "result"] {
        if slots.is_open(slot) {
            slots.set_own(slot, sum)?;
        }
    }
    Ok(())
}

fn needed(slots: &Slots<'_, '_>, n: i64) -> Result<Precision, PassError> {
    let (input, weight, bias) = (slots.input(0)?, slots.precision("weight")?, slots.precision("bias")?);
    let (Some(input), Some(weight), Some(bias)) = (Bits::of(input), Bits::of(weight), Bits::of(bias)) else {
        return slots.default();
    };
    let products = weight.product(input).grown(bits_of_sum(n)?);
    Ok(products.sum(bias).limited(slots.maximum()?).into_fixed()?.into())
}
