//! Transposes and pads the weights of all layers with matrix products, for Quartus and oneAPI.

use hls4rs_graph::{PassError, PassSpec, Preserves};
use hls4rs_layers::LayerState;
use hls4rs_types::{Order, Tensor, TensorError};

use super::resource_strategy::{Axes, IS_TRANSPOSED, change_weight, transpose};
use super::{Lowering, Site};

/// Brings weights into the order in which the backend's only matrix product reads them: those of one output after the other.
///
/// ```text
/// Dense   weight [n_in, n_out]                     weight [n_out · n_in]
/// Conv2D  weight [height, width, n_chan, n_filt]   weight [n_filt, height, width, n_chan]
/// ```
///
/// Large dense matrices whose reuse factor is no power of two are padded with zeros to blocks whose sizes are, and become
/// double precision then: the array that hls4ml copies them to is.
///
/// **Source:** `ApplyResourceStrategy` of `resource_strategy.py` of Quartus and oneAPI, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ApplyQuartusResourceStrategy;

/// Kinds whose weights are read this way.
const KINDS: &[&str] = &["Dense", "Conv1D", "Conv2D", "GRU", "LSTM", "SimpleRNN"];

/// Number of weights up to which a dense matrix is not padded.
const UNPADDED: i64 = 2048;

/// Most elements that a padded matrix may have.
const MOST: i64 = 1 << 32;

impl Lowering for ApplyQuartusResourceStrategy {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "apply-quartus-resource-strategy",
            upstream: "apply_resource_strategy",
            summary: "transposes and pads the weights of layers with matrix products",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, site: Site<'_>) -> Result<bool, PassError> {
        Ok(site.is_any(KINDS) && !site.state.is_set(IS_TRANSPOSED))
    }

    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
        if site.layer.is_a("Dense") {
            if !site.graph.config.is_compressed(site.id()) {
                flatten(site, state)?;
            }
        } else if site.is_any(&["Conv1D", "Conv2D"]) {
            transpose(state, "weight", Axes::LastFirst)?;
        } else {
            transpose(state, "weight", Axes::Reversed)?;
            transpose(state, "recurrent_weight", Axes::Reversed)?;
        }
        if site.layer.is_a("LSTM") {
            for gate in ["i", "f", "c", "o"] {
                transpose_gate(state, &format!("weight_{gate}"))?;
                transpose_gate(state, &format!("recurrent_weight_{gate}"))?;
            }
        }
        state.attributes.insert(IS_TRANSPOSED, true);
        Ok(())
    }
}

/// Transposes the weights of one gate.
///
/// Where no quantizer made an array of its own of them, hls4ml's array of a gate is a part of the array of all gates, with
/// gaps between its rows, and NumPy saves what has gaps in C order.
fn transpose_gate(state: &mut LayerState, weight: &str) -> Result<(), PassError> {
    let variable = state.weight(weight)?;
    let has_gaps = variable.quantizer.is_none() && variable.data.order() == Order::C;
    if !has_gaps {
        return transpose(state, weight, Axes::Reversed);
    }
    change_weight(state, weight, |data| {
        let shape: Vec<usize> = data.shape().iter().rev().copied().collect();
        Axes::Reversed.of(data)?.reshaped(&[data.len()])?.reshaped(&shape)?.finish()
    })
}

fn flatten(site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
    change_weight(state, "weight", |data| Axes::Reversed.of(data)?.reshaped(&[data.len()])?.finish())?;
    let count = site.state.int("n_in")?.saturating_mul(site.state.int("n_out")?);
    if count <= UNPADDED {
        return Ok(());
    }
    let factor = site.state.int("reuse_factor")?;
    let (Some(block), Some(rounded_factor)) = (count.checked_div(factor), power_of_two_above(factor)) else {
        let help = "set `ReuseFactor` of the layer";
        return Err(PassError::unsupported("a positive reuse factor", factor, help));
    };
    if rounded_factor == factor {
        return Ok(());
    }
    let rounded_block =
        power_of_two_above(block).filter(|block| block.saturating_mul(rounded_factor) <= MOST);
    let Some(rounded_block) = rounded_block else {
        let found = format!("{count} weights with a reuse factor of {factor}");
        return Err(PassError::unsupported(
            "a matrix that can be padded",
            found,
            "choose a smaller reuse factor",
        ));
    };
    state.attributes.insert("rfpad", rounded_factor - factor);
    state.attributes.insert("bfpad", rounded_block - block);
    change_weight(state, "weight", |data| pad(data, (block, factor), (rounded_block, rounded_factor)))
}

/// The least power of two that is not less.
fn power_of_two_above(number: i64) -> Option<i64> {
    let number = u64::try_from(number).ok().filter(|number| *number > 0)?;
    i64::try_from(number.checked_next_power_of_two()?).ok()
}

/// Rows and columns of zeros added to a matrix of `from` rows and columns, up to `to`.
fn pad(data: &Tensor, from: (i64, i64), to: (i64, i64)) -> Result<Tensor, TensorError> {
    let weights: Vec<f64> = data.iter_f64()?.collect();
    let at = |row: i64, column: i64| {
        let is_inside = row < from.0 && column < from.1;
        let place = is_inside.then(|| usize::try_from(column + from.1 * row).ok()).flatten();
        place.and_then(|place| weights.get(place)).copied().unwrap_or(0.0)
    };
    Ok(Tensor::vector(
        (0..to.0)
            .flat_map(|row| (0..to.1).map(move |column| (row, column)))
            .map(|(row, column)| at(row, column))
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_padded_to_powers_of_two() -> Result<(), TensorError> {
        let data = Tensor::vector((1..=6).map(|i| i as f32).collect());
        let padded = pad(&data, (2, 3), (2, 4))?;
        assert_eq!(padded, Tensor::vector(vec![1f64, 2.0, 3.0, 0.0, 4.0, 5.0, 6.0, 0.0]));
        assert_eq!([1, 3, 8, 9].map(power_of_two_above), [Some(1), Some(4), Some(8), Some(16)]);
        assert_eq!(power_of_two_above(0), None);
        Ok(())
    }
}
