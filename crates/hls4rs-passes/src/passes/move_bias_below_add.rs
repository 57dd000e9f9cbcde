//! Moves a scale of zero behind a sum.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::move_scale_below_add::summands;
use crate::scales::{Alpha, Moved, stays};

/// Moves the scale of one summand behind the sum if its factor is zero; all others stay, with a warning.
///
/// ```text
/// a → scale (0, b) ┐                  a ┐
///                  add → …      →       add → scale (0, b) → …
/// c ───────────────┘                  c ┘
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.move_scales.BiasDownAdd`, hls4ml 1.3.0, which looks for a factor of zero
/// where one of 1 would leave the sum as it is.
#[derive(Debug)]
pub(crate) struct MoveBiasBelowAdd;

impl NodePass for MoveBiasBelowAdd {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "move-bias-below-add",
            upstream: "bias_down_add",
            summary: "moves a scale of zero behind a sum",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(the_scale(&node)?.is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let Some((scale, alpha)) = the_scale(&patch.expect_node(name)?)? else { return Ok(Outcome::Kept) };
        let scale = scale.name.to_owned();
        if !alpha.scale.is_all(0.0)? {
            return Ok(stays(patch, &scale, name));
        }
        let attributes = patch.expect_node(&scale)?.state().attributes.clone();
        let state = patch.expect_node(&scale)?.state();
        let alpha =
            Alpha { scale: state.array("scale_data")?.clone(), bias: state.array("bias_data")?.clone() };
        Moved { name: scale.clone(), attributes, alpha, removed: vec![scale] }.put(patch, name)
    }
}

/// The scale of one of two summands, if the other has none.
fn the_scale<'g>(node: &Node<'g>) -> Result<Option<(Node<'g>, Alpha)>, PassError> {
    Ok(match summands(node)? {
        Some([(node, Some(alpha)), (_, None)] | [(_, None), (node, Some(alpha))]) => Some((node, alpha)),
        _ => None,
    })
}
