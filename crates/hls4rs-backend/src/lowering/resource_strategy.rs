//! Transposes the weights of layers with the resource strategy, for Vivado and Catapult.

use hls4rs_graph::{PassError, PassSpec, Preserves};
use hls4rs_layers::LayerState;
use hls4rs_types::{Attribute, Strided, Tensor, TensorError, WeightForm};

use super::{Lowering, Site};

/// Brings weights into the order in which the matrix product of the resource strategy reads them: those of one output after
/// the other.
///
/// ```text
/// Dense   weight [n_in, n_out]            weight [n_out, n_in]
/// Conv1D  weight [width, n_chan, n_filt]  weight [n_filt, width, n_chan]
/// ```
///
/// **Source:** `ApplyResourceStrategy` of `resource_strategy.py` of Vivado and Catapult, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ApplyResourceStrategy {
    strategies: &'static [&'static str],
    kinds: &'static [&'static str],
}

pub(crate) const VIVADO: ApplyResourceStrategy = ApplyResourceStrategy {
    strategies: &["resource", "resource_unrolled"],
    kinds: &[
        "Dense",
        "Conv1D",
        "SeparableConv1D",
        "Conv2D",
        "SeparableConv2D",
        "LSTM",
        "GRU",
        "Bidirectional",
    ],
};

pub(crate) const CATAPULT: ApplyResourceStrategy = ApplyResourceStrategy {
    strategies: &["resource"],
    kinds: &["Dense", "Conv1D", "SeparableConv1D", "Conv2D", "SeparableConv2D", "LSTM", "GRU"],
};

/// The attribute that tells that weights are transposed already.
pub(super) const IS_TRANSPOSED: &str = "_weights_transposed";

/// The weights of a kind that are transposed, and which axis goes where.
const WEIGHTS: &[(&str, &[&str], Axes)] = &[
    ("Dense", &["weight"], Axes::Reversed),
    ("Conv1D", &["weight"], Axes::LastFirst),
    ("SeparableConv1D", &["depthwise", "pointwise"], Axes::LastFirst),
    ("Conv2D", &["weight"], Axes::LastFirst),
    ("SeparableConv2D", &["depthwise", "pointwise"], Axes::LastFirst),
    (
        "Bidirectional",
        &["forward_weight", "forward_recurrent_weight", "backward_weight", "backward_recurrent_weight"],
        Axes::Reversed,
    ),
    ("LSTM", &["weight", "recurrent_weight"], Axes::Reversed),
    ("GRU", &["weight", "recurrent_weight"], Axes::Reversed),
];

/// Another order of axes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Axes {
    /// The last axis comes first, and so on.
    #[default]
    Reversed,
    /// The last axis comes first, the others stay in order.
    LastFirst,
}

impl Axes {
    /// The array seen with its axes in that order.
    pub(super) fn of(self, data: &Tensor) -> Result<Strided, TensorError> {
        let rank = data.rank();
        let place = |axis: usize| match self {
            Self::Reversed => rank - 1 - axis,
            Self::LastFirst => (axis + rank - 1) % rank,
        };
        let axes: Vec<usize> = (0..rank).map(place).collect();
        Strided::of(data).transposed(&axes)
    }
}

impl Lowering for ApplyResourceStrategy {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "apply-resource-strategy",
            upstream: "apply_resource_strategy",
            summary: "transposes the weights of layers with the resource strategy",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, site: Site<'_>) -> Result<bool, PassError> {
        Ok(site.is_any(self.kinds)
            && self.strategies.contains(&site.text("strategy").as_str())
            && !site.state.is_set(IS_TRANSPOSED))
    }

    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
        let found = WEIGHTS.iter().find(|(kind, ..)| site.layer.is_a(kind));
        let (_, weights, axes) = found.copied().unwrap_or_default();
        for weight in weights {
            transpose(state, weight, axes)?;
        }
        state.attributes.insert(IS_TRANSPOSED, true);
        Ok(())
    }
}

/// Transposes a weight of the layer.
pub(super) fn transpose(state: &mut LayerState, weight: &str, axes: Axes) -> Result<(), PassError> {
    change_weight(state, weight, |data| axes.of(data)?.finish())
}

/// Changes the values of a weight of the layer.
pub(super) fn change_weight(
    state: &mut LayerState,
    weight: &str,
    change: impl FnOnce(&Tensor) -> Result<Tensor, TensorError>,
) -> Result<(), PassError> {
    let mut variable = state.weight(weight)?.clone();
    if matches!(variable.form, WeightForm::Compressed { .. }) {
        return Err(PassError::unsupported(
            "weights that are not compressed",
            format!("`{weight}`, which is"),
            "set `Compression` of the layer to false",
        ));
    }
    variable.data = change(&variable.data)?;
    state.attributes.insert(weight, Attribute::from(variable));
    Ok(())
}

#[cfg(test)]
mod tests {
    use hls4rs_types::{NamedType, Precision, WeightVariable};

    use super::*;

    #[test]
    fn the_last_axis_comes_first() -> Result<(), PassError> {
        let mut state = LayerState::default();
        let data = Tensor::new(&[2, 1, 3], (0..6).collect::<Vec<i64>>())?;
        let ty = NamedType::new("t", Precision::int(4));
        state.attributes.insert("weight", WeightVariable::new("w2", ty, data));
        transpose(&mut state, "weight", Axes::LastFirst)?;
        let moved = &state.weight("weight")?.data;
        assert_eq!(moved.shape(), [3, 2, 1]);
        assert_eq!(moved.iter_f64()?.collect::<Vec<_>>(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        Ok(())
    }
}
