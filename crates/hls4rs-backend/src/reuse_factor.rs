//! Reuse factors and other divisors: which are valid, and which valid one is closest to what was asked for.

use hls4rs_graph::{Diagnostic, Node, PassError, Patch};
use hls4rs_layers::LayerError;
use hls4rs_types::Attribute;

/// Cycles that moving the data of one product takes.
const SHUFFLE_CYCLES: i64 = 6;

/// The reuse factors that a matrix of `n_in` times `n_out` weights can have, in order.
///
/// **Source:** `FPGABackend.get_valid_reuse_factors`, hls4ml 1.3.0: a factor divides the number of weights; up to `n_in` the
/// multipliers must be a multiple of the outputs, beyond the factor must be one of the inputs.
#[must_use]
pub fn valid_reuse_factors(n_in: i64, n_out: i64) -> Vec<i64> {
    divisors(n_in.saturating_mul(n_out)).into_iter().filter(|&factor| is_valid(n_in, n_out, factor)).collect()
}

/// Whether a divisor of the number of weights fits into loops over inputs and outputs.
fn is_valid(n_in: i64, n_out: i64, factor: i64) -> bool {
    if factor < n_in {
        let weights = n_in.saturating_mul(n_out);
        // the number of multipliers, rounded up
        (weights / factor + i64::from(weights % factor != 0)) % n_out == 0
    } else {
        factor % n_in == 0
    }
}

/// The numbers of parts into which the pixels of an image can be cut, in order.
///
/// **Source:** `FPGABackend.get_valid_conv_partition_splits`, hls4ml 1.3.0.
#[must_use]
pub fn valid_partition_splits(pixels: i64) -> Vec<i64> {
    // without pixels there is the factor 0 alone
    if pixels == 0 { vec![0] } else { divisors(pixels) }
}

/// The divisors of a positive number in order.
fn divisors(number: i64) -> Vec<i64> {
    let below_root = (1..).take_while(|&d: &i64| d.checked_mul(d).is_some_and(|square| square <= number));
    let small: Vec<i64> = below_root.filter(|d| number % d == 0).collect();
    let large = small.iter().rev().filter(|d| *d * *d != number).map(|d| number / d);
    small.iter().copied().chain(large).collect()
}

/// The number of an ordered list that is closest to another one; of two that are equally close the smaller one.
///
/// **Source:** `FPGABackend.get_closest_reuse_factor`, hls4ml 1.3.0.
#[must_use]
pub fn closest(valid: &[i64], chosen: f64) -> Option<i64> {
    let place = valid.partition_point(|&factor| (factor as f64) < chosen);
    let (Some(&before), Some(&after)) = (place.checked_sub(1).and_then(|i| valid.get(i)), valid.get(place))
    else {
        return if place == 0 { valid.first().copied() } else { valid.last().copied() };
    };
    Some(if (after as f64) - chosen < chosen - (before as f64) { after } else { before })
}

/// Sets a reuse factor to the closest one that a matrix of `n_in` times `n_out` weights can have, and tells so if it was
/// another one. Without `include_largest`, not all weights may use one multiplier.
///
/// **Source:** `FPGABackend.set_closest_reuse_factor`, hls4ml 1.3.0.
///
/// # Errors
/// If there is no reuse factor that would do, or the layer has none.
pub fn set_closest_reuse_factor(
    patch: &mut Patch<'_>,
    layer: &str,
    attribute: &str,
    (n_in, n_out): (i64, i64),
    include_largest: bool,
) -> Result<(), PassError> {
    let node = patch.expect_node(layer)?;
    let found = node.get(attribute);
    let expected = || LayerError::attribute(attribute, "a number", found);
    let chosen = found.and_then(Attribute::as_float).ok_or_else(expected)?;
    let mut valid = valid_reuse_factors(n_in, n_out);
    if !include_largest {
        valid.pop();
    }
    if valid.iter().any(|&factor| factor as f64 == chosen) {
        return Ok(());
    }
    let Some(closest) = closest(&valid, chosen) else {
        return Err(PassError::unsupported(
            format!(
                "a matrix that can use a multiplier more than once, but not for all of its {n_in} × {n_out} weights"
            ),
            format!("reuse factor {chosen} and no valid one"),
            "choose the strategy `latency` or `resource` for the layer",
        ));
    };
    let place = format!("`{layer}` ({})", node.layer.kind());
    patch.warn(replaced("invalid-reuse-factor", &place, attribute, (chosen, closest), &valid));
    patch.set(layer, attribute, closest)?;
    Ok(())
}

/// The warning that a number was replaced by the closest valid one.
pub(crate) fn replaced(
    id: &'static str,
    place: &str,
    what: &str,
    (chosen, closest): (f64, i64),
    valid: &[i64],
) -> Diagnostic {
    let list: Vec<String> = valid.iter().map(i64::to_string).collect();
    let message =
        format!("{place}: `{what}`: expected one of {}, found {chosen}; {closest} is used", list.join(", "));
    Diagnostic::warning(id, message).with_help(format!("set `{what}` to {closest}"))
}

/// Sets the reuse factor so that the layer takes the clock cycles that the configuration allows it, if it says so.
///
/// The factor is a floating-point number, for the closest valid one to be found.
///
/// **Source:** `FPGABackend.set_target_reuse_factor`, hls4ml 1.3.0.
///
/// # Errors
/// If the layer lacks what its kind must have.
pub fn set_target_reuse_factor(patch: &mut Patch<'_>, layer: &str) -> Result<(), PassError> {
    let node = patch.expect_node(layer)?;
    let Some(cycles) = node.get("target_cycles").and_then(Attribute::as_int) else { return Ok(()) };
    let kind = node.layer.kind();
    let Some(products) = products(node)? else {
        let message = format!("`{layer}` ({kind}): `target_cycles`: expected a dense or convolutional layer");
        patch.warn(Diagnostic::warning("no-target-cycles", message));
        return Ok(());
    };
    let moving = SHUFFLE_CYCLES.saturating_mul(products);
    if cycles < moving {
        let least = moving.saturating_add(1);
        let message = format!(
            "`{layer}` ({kind}): `target_cycles`: expected at least {least}, found {cycles}; it is ignored"
        );
        patch.warn(Diagnostic::warning("no-target-cycles", message));
        return Ok(());
    }
    patch.set(layer, "reuse_factor", (cycles - moving) as f64 / products as f64)?;
    Ok(())
}

/// How many products with the weight matrix a layer takes.
fn products(node: Node<'_>) -> Result<Option<i64>, PassError> {
    let (state, kind) = (node.state(), node.layer.kind());
    Ok(if kind.contains("Dense") {
        Some(state.int("n_out")?)
    } else if kind.contains("Conv1D") {
        Some(state.int("out_width")?)
    } else if kind.contains("Conv2D") {
        Some(state.int("out_height")?.saturating_mul(state.int("out_width")?))
    } else {
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reuse_factors_divide_the_matrix() {
        assert_eq!(valid_reuse_factors(4, 6), [1, 2, 4, 8, 12, 24]);
        assert_eq!(valid_reuse_factors(16, 64).last(), Some(&1024));
        assert_eq!(valid_reuse_factors(1, 1), [1]);
        assert!(valid_reuse_factors(0, 3).is_empty());
    }

    #[test]
    fn as_many_as_hls4ml_finds_by_trying() {
        for n_in in 1..13 {
            for n_out in 1..13 {
                let slow: Vec<i64> = (1..=n_in * n_out)
                    .filter(|rf| {
                        let limit = (n_in * n_out + n_in.min(*rf) - 1) / n_in.min(*rf);
                        (limit % n_out == 0 || *rf >= n_in)
                            && (rf % n_in == 0 || *rf < n_in)
                            && n_in * n_out % rf == 0
                    })
                    .collect();
                assert_eq!(valid_reuse_factors(n_in, n_out), slow, "{n_in} × {n_out}");
            }
        }
    }

    #[test]
    fn the_smaller_of_two_close_ones() {
        let valid = [1, 2, 4, 8];
        assert_eq!(
            [0.0, 3.0, 6.0, 7.0, 99.0].map(|chosen| closest(&valid, chosen).unwrap()),
            [1, 2, 4, 8, 8]
        );
        assert_eq!(closest(&[], 1.0), None);
        assert_eq!(valid_partition_splits(12), [1, 2, 3, 4, 6, 12]);
        assert_eq!(valid_partition_splits(9), [1, 3, 9]);
    }
}
