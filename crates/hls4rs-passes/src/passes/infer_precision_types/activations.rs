//! Precisions of the parameters of activation functions.

use hls4rs_graph::PassError;
use hls4rs_types::Precision;

use super::Slots;
use crate::precisions::Bits;

/// Bits that a parameter has at most, without its sign.
const MOST: i64 = 8;

pub(super) fn parametrized(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    if !slots.is_open("param") {
        return Ok(());
    }
    let precision = if slots.node()?.state().str("activation")?.to_lowercase() == "thresholdedrelu" {
        slots.input(0)?
    } else {
        precision_of(slots.node()?.state().float("activ_param")?)?
    };
    slots.set("param", precision)
}

pub(super) fn prelu(slots: &mut Slots<'_, '_>) -> Result<(), PassError> {
    if !slots.is_open("param") || slots.node()?.state().str("activation")?.to_lowercase() != "prelu" {
        return Ok(());
    }
    let input = slots.input(0)?;
    slots.set("param", input)
}

/// The precision that represents a number, cut off at the end if that takes too many bits.
///
/// **Source:** `_get_precision_from_constant` of the same module, and `hls4ml.utils.qinterval.minimal_kif`, which looks
/// for at least −31 and at most 32 fractional bits.
fn precision_of(value: f64) -> Result<Precision, PassError> {
    if value == 0.0 {
        return Ok(Precision::ufixed(1, 1));
    }
    if !value.is_finite() {
        let remedy = "set the precision `param_t` of the layer in the configuration";
        return Err(PassError::unsupported("a finite parameter", value, remedy));
    }
    let sign = i64::from(value < 0.0);
    let fractional = fractional_bits(value);
    let most = (value + 2f64.powi(-fractional)).max(-value);
    let integer = most.log2().ceil() as i64;
    let width = (sign + integer + i64::from(fractional)).min(sign + MOST);
    Ok(Bits { width, integer: sign + integer, signed: sign == 1 }.into_fixed()?.into())
}

/// The fewest bits right of the point with which the number is whole.
fn fractional_bits(value: f64) -> i32 {
    let is_whole = |bits: &i32| {
        let scaled = value * 2f64.powi(*bits);
        scaled.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&scaled)
    };
    let (mut low, mut high): (i32, i32) = (-32, 32);
    while low < high - 1 {
        let middle = (low + high).div_euclid(2);
        if is_whole(&middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_gets_the_bits_that_it_needs() {
        for (value, precision) in [
            (0.0, "ufixed<1,1>"),
            (0.5, "ufixed<1,0>"),
            (0.25, "ufixed<1,-1>"),
            (-0.75, "fixed<3,1>"),
            (1.0, "ufixed<1,1>"),
            (6.0, "ufixed<2,3>"),
            (0.3, "ufixed<8,-1>"),
            (-0.3, "fixed<9,0>"),
        ] {
            assert_eq!(precision_of(value).unwrap(), precision.parse().unwrap(), "{value}");
        }
        assert!(precision_of(f64::INFINITY).is_err());
    }
}
