//! Types of pooling layers.

use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{Attribute, Precision};

use super::analysis::Analysis;
use super::produce_pooling::window;
use super::register::set_types;
use super::view::HELP;

/// Means sum before they divide: the accumulator gets as many more integer bits as the window's pixels need.
///
/// **Source:** `register_precision` of `hls4ml.model.optimizer.passes.bit_exact` for pooling layers, hls4ml 1.3.0.
pub(super) fn pooling(analysis: &mut Analysis, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    set_types(analysis, patch, name)?;
    let node = patch.expect_node(name)?;
    if node.state().str("pool_op")? != "Average" {
        return Ok(());
    }
    let more = bits_of(window(node)?.into_iter().product())?;
    let accumulator = patch.state_mut(name)?.attributes.get_mut("accum_t");
    match accumulator {
        Some(Attribute::Type(ty)) => {
            let Precision::Fixed(precision) = &mut ty.precision else {
                return Err(PassError::unsupported("a fixed-point accumulator", ty.precision, HELP));
            };
            precision.width = precision.width.saturating_add(more);
            precision.integer = precision.integer.saturating_add_unsigned(more);
            Ok(())
        }
        other => {
            let found = other.map_or("none", |value| value.describe());
            Err(PassError::unsupported("an accumulator `accum_t`", found, HELP))
        }
    }
}

/// The logarithm to the base 2, rounded up.
pub(super) fn bits_of(number: usize) -> Result<u32, PassError> {
    match number {
        0 => Err(PassError::unsupported("at least one element", "none", HELP)),
        number => Ok(usize::BITS - (number - 1).leading_zeros()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_rounded_up() {
        assert_eq!([1, 2, 3, 4, 5].map(|number| bits_of(number).unwrap()), [0, 1, 2, 2, 3]);
        assert!(bits_of(0).is_err());
    }
}
