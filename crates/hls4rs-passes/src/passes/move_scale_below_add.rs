//! Moves equal scales of both summands behind the sum.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Arithmetic;

use crate::scales::{Alpha, Moved, are_equal, if_shapes_allow, stays};

/// Moves the scale behind a sum whose summands have equal scales.
///
/// ```text
/// a → scale (s, b₀) ┐                  a ┐
///                   add → …      →       add → scale (s, b₀ + b₁) → …
/// c → scale (s, b₁) ┘                  c ┘
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.move_scales.ScaleDownAdd`, hls4ml 1.3.0. The new layer takes name and
/// attributes of the first scale.
#[derive(Debug)]
pub(crate) struct MoveScaleBelowAdd;

impl NodePass for MoveScaleBelowAdd {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "move-scale-below-add",
            upstream: "scale_down_add",
            summary: "moves equal scales of both summands behind the sum",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let Some([(_, first), (_, second)]) = summands(&node)? else { return Ok(false) };
        Ok(match (first, second) {
            (Some(first), Some(second)) => are_equal(&first.scale, &second.scale)?,
            _ => false,
        })
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let Some([(first, Some(a)), (second, Some(b))]) = summands(&patch.expect_node(name)?)? else {
            return Ok(Outcome::Kept);
        };
        let (first, second) = (first.name.to_owned(), second.name.to_owned());
        let Some(bias) = if_shapes_allow(a.bias.combine(Arithmetic::Add, &b.bias))? else {
            return Ok(stays(patch, &first, name));
        };
        let attributes = patch.expect_node(&first)?.state().attributes.clone();
        let alpha = Alpha { scale: a.scale, bias };
        Moved { name: first.clone(), attributes, alpha, removed: vec![first, second] }.put(patch, name)
    }
}

/// A summand, with its scale if it has one.
pub(super) type Summand<'g> = (Node<'g>, Option<Alpha>);

/// Both summands of a sum.
pub(super) fn summands<'g>(node: &Node<'g>) -> Result<Option<[Summand<'g>; 2]>, PassError> {
    let is_sum = node.is_a("Merge") && node.state().inputs.len() == 2 && node.text("op") == Some("add");
    let (Some(first), Some(second)) = (node.input_node(0), node.input_node(1)) else { return Ok(None) };
    if !is_sum {
        return Ok(None);
    }
    let scale = |node: Node<'g>| Ok::<_, PassError>((node, Alpha::of(&node)?));
    Ok(Some([scale(first)?, scale(second)?]))
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{ApplyAlpha, Merge};

    use super::*;
    use crate::passes::MoveBiasBelowAdd;
    use crate::testing::{graph, layers, rewrite, run, values, vector, weight};

    fn sum(scales: [f32; 2]) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[2], "sum");
        for (name, scale) in ["a", "b"].into_iter().zip(scales) {
            let alpha = ApplyAlpha::builder(name).scale(vector(&[scale; 2])).bias(vector(&[1.0, 2.0]));
            graph.add(alpha.inputs(["x"])).unwrap();
        }
        graph.add(Merge::builder("sum").op("add").inputs(["a", "b"])).unwrap();
        graph
    }

    #[test]
    fn equal_scales_move() {
        let mut graph = sum([0.5, 0.5]);
        rewrite(&mut graph, &MoveScaleBelowAdd);
        assert_eq!(layers(&graph), "x(input) sum(x, x) a(sum)");
        assert_eq!(values(&weight(&graph, "a", "bias").data), [2.0, 4.0]);
        assert_eq!(run(&mut sum([0.5, 0.25]), &MoveScaleBelowAdd), Ok(None));
    }

    #[test]
    fn a_single_scale_moves_if_it_is_zero() {
        let mut graph = sum([0.0, 0.5]);
        assert_eq!(run(&mut graph, &MoveBiasBelowAdd), Ok(None));
        graph.remove("b").unwrap();
        rewrite(&mut graph, &MoveBiasBelowAdd);
        assert_eq!(layers(&graph), "x(input) sum(x, x) a(sum)");
    }
}
