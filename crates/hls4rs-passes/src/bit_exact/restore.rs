//! The narrowed masks of quantizers, of graphs that come from an archive, too.

use hls4rs_graph::{Node, PassError};

use super::Mask;
use super::analysis::{Analysis, Produced};
use super::view::first_variable;

/// The mask of a quantizer of a graph behind the flow `convert`.
///
/// Archives hold masks as the converter set them. Such a one is narrowed again as the derivation of bits did it; where a
/// quantizer was fused into a layer, that layer's result tells its precision.
///
/// **Source:** `FixedPointQuantizer.mask_kbi` of `hls4ml.model.optimizer.passes.hgq_proxy_model`, hls4ml 1.3.0, is lost when
/// a model is saved; hls4ml cannot go on with such a model.
///
/// # Errors
/// If the mask is none, or the bits that come to the quantizer cannot be derived.
pub fn quantizer_mask(node: Node<'_>) -> Result<Mask, PassError> {
    if Mask::is_remembered(node) || !node.state().is_set("bit_exact_transformed") {
        return Mask::of(node);
    }
    let mut analysis = Analysis::default();
    analysis.restores = true;
    for before in node.graph.nodes() {
        analysis.remembered(before, true)?;
        if before.name == node.name {
            break;
        }
    }
    analysis.mask(node)
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
