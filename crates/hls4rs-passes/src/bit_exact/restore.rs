//! The masks of quantizers, narrowed, of graphs that come from an archive, too.

use hls4rs_graph::{ModelGraph, Node, PassError};
use indexmap::IndexMap;

use super::Mask;
use super::analysis::{Analysis, Produced};
use super::view::{first_variable, is_quantizer};

/// The masks of all quantizers of a graph behind the flow `convert`, by layer.
///
/// Archives hold them as the converter set them. They are narrowed again as the derivation of bits did it; where a
/// quantizer was fused into a layer, that layer's result tells its precision.
///
/// **Source:** `FixedPointQuantizer.mask_kbi` of `hls4ml.model.optimizer.passes.hgq_proxy_model`, hls4ml 1.3.0, is lost when
/// a model is saved; hls4ml cannot go on with such a model.
///
/// # Errors
/// If a mask is none, or the bits that come to a quantizer cannot be derived.
pub fn quantizer_masks(graph: &ModelGraph) -> Result<IndexMap<String, Mask>, PassError> {
    let quantizers = || graph.nodes().filter(|node| is_quantizer(*node));
    if quantizers().all(Mask::is_remembered) {
        return quantizers().map(|node| Ok((node.name.to_owned(), Mask::of(node)?))).collect();
    }
    let mut analysis = Analysis::default();
    analysis.restores = true;
    for node in graph.nodes() {
        analysis.remembered(node, true)?;
    }
    Ok(analysis.into_masks())
}

impl Analysis {
    /// What comes out of a layer with a quantizer that was fused into it.
    pub(super) fn as_if_fused(&mut self, node: Node<'_>, produced: Produced) -> Result<Produced, PassError> {
        if !self.restores || !node.state().is_set("_result_t_propagated") {
            return Ok(produced);
        }
        let Some(precision) = first_variable(node)?.1.precision().to_fixed() else { return Ok(produced) };
        let modes = (precision.rounding_mode.name(), precision.saturation_mode.name());
        let (bits, _) = Mask::of_precision(&precision)?.narrow(&produced.bits, modes)?;
        Ok(self.new_arrays(bits))
    }
}
