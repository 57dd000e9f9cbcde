//! Constants of layers before and after layers were merged.

use hls4rs_layers::{Layer, LayerState};
use hls4rs_types::{Attribute, Tensor};

/// The constants of a sum of products: those that the converter found, and those that are computed with.
///
/// hls4ml merges a normalization by changing the weight variables; the arrays that these were made from stay as they were.
///
/// **Source:** `hls4ml.model.optimizer.passes.bn_fuse.FuseBatchNormalization`, `hls4ml.model.optimizer.passes.fuse_biasadd`,
/// `Layer.add_weights_variable` in `hls4ml.model.layers`.
#[derive(Debug)]
pub(super) struct Constants {
    /// Nothing where a quantizer or a transformation changed the values on the way; normalizations with factors are not merged
    /// then.
    weight: Option<(Tensor, Tensor)>,
    /// The array is missing where the source model's layer has no bias.
    bias: Option<(Tensor, Option<Tensor>)>,
}

/// Kinds that normalizations are merged with.
const KINDS: &[&str] = &[
    "Conv1D",
    "Conv2D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "PointwiseConv1D",
    "PointwiseConv2D",
];

impl Constants {
    /// The constants of a layer, if normalizations are merged with its kind.
    pub(super) fn of(layer: &dyn Layer) -> Option<Self> {
        let state = layer.state();
        if !KINDS.contains(&layer.kind()) || state.is_set("_winograd_transformation_applied") {
            return None;
        }
        let weight = variable(state, "weight").and_then(|used| {
            let found = array(state, "weight_data").or_else(|| array(state, "depthwise_data"))?;
            Some((used, found))
        });
        let bias = variable(state, "bias").map(|used| (used, array(state, "bias_data")));
        Some(Self { weight, bias })
    }

    /// Whether the constants show that the layer was merged with others.
    ///
    /// Arrays that cannot be loaded show nothing.
    pub(super) fn are_merged(&self) -> bool {
        let weight = self.weight.as_ref().map(|(used, found)| has_same_elements(used, found));
        let bias = self.bias.as_ref().map(|(used, found)| match found {
            Some(found) => has_same_elements(used, found),
            None => Some(used.count_nonzero().ok()? == 0),
        });
        [weight, bias].into_iter().flatten().any(|is_same| is_same == Some(false))
    }
}

/// The values of a weight variable that did not go through a quantizer.
fn variable(state: &LayerState, name: &str) -> Option<Tensor> {
    let is_quantized = state.get(&format!("{name}_quantizer")).is_some();
    let variable = state.get(name).and_then(Attribute::as_weight)?;
    (!is_quantized && variable.quantizer.is_none()).then(|| variable.data.clone())
}

fn array(state: &LayerState, name: &str) -> Option<Tensor> {
    state.get(name).and_then(Attribute::as_array).cloned()
}

/// Whether two arrays hold the same numbers, in any order: passes transpose weights.
fn has_same_elements(a: &Tensor, b: &Tensor) -> Option<bool> {
    if a.shares_memory(b) {
        return Some(true);
    }
    if a.len() != b.len() {
        return Some(false);
    }
    Some(sorted(a)? == sorted(b)?)
}

/// The numbers by their bits; zeros have no sign.
fn sorted(array: &Tensor) -> Option<Vec<u64>> {
    let mut bits: Vec<u64> = array.iter_f64().ok()?.map(|value| (value + 0.0).to_bits()).collect();
    bits.sort_unstable();
    Some(bits)
}
