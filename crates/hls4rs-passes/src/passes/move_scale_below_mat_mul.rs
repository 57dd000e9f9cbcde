//! Moves scales of factors behind the matrix product.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Arithmetic, Tensor};

use crate::qonnx::{constant, value};
use crate::scales::{Alpha, Moved, filled, if_shapes_allow, output_shape, repeated, stays, taken_along};

/// Moves the scale of a factor behind the matrix product; where both have one, that of a constant first.
///
/// ```text
/// weights → scale (s, 0) ┐               weights ┐
///                        matmul → …   →          matmul → scale (s, 0) → …
/// x ─────────────────────┘               x ──────┘
/// ```
///
/// A scale with a summand is moved only past a constant whose products with the summand have the shape of the output.
///
/// **Source:** `hls4ml.model.optimizer.passes.move_scales.ScaleDownMatMul`, hls4ml 1.3.0. What counts is that the scale
/// broadcasts to the output's shape; a scale per input channel does where there are as many output channels.
#[derive(Debug)]
pub(crate) struct MoveScaleBelowMatMul;

impl NodePass for MoveScaleBelowMatMul {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "move-scale-below-mat-mul",
            upstream: "scale_down_mat_mul",
            summary: "moves scales of factors behind the matrix product",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_product = node.is_a("MatMul") && node.state().inputs.len() == 2;
        let is_scale = |input| node.input_node(input).is_some_and(|node| node.is_a("ApplyAlpha"));
        Ok(is_product && (0..2).any(is_scale))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some((scale, other)) = which(&node) else { return Ok(Outcome::Kept) };
        let Some(alpha) = Alpha::of(&scale)?.map(Alpha::reduced).transpose()? else {
            return Ok(Outcome::Kept);
        };
        let (moved, shape) = (scale.name.to_owned(), output_shape(&node));
        let mut attributes = taken_along(&scale);
        let factor = constant(&node, other).map(|constant| value(&constant)).transpose()?;
        let found = match unbiased(&alpha, &shape)? {
            Some(found) => Some(found),
            None => {
                attributes.remove("bias_precision");
                factor.map(|factor| biased(&alpha, &factor, &shape)).transpose()?.flatten()
            }
        };
        match found {
            Some(alpha) => {
                Moved { name: moved.clone(), attributes, alpha, removed: vec![moved] }.put(patch, name)
            }
            None => Ok(stays(patch, &moved, name)),
        }
    }
}

/// The scale that is moved, and the number of the other input.
fn which<'g>(node: &Node<'g>) -> Option<(Node<'g>, usize)> {
    let scale = |input: usize| node.input_node(input).filter(|node| node.is_a("ApplyAlpha"));
    let of_constant = |input: usize| scale(input).filter(|scale| constant(scale, 0).is_some());
    let choices = [(of_constant(0), 1), (of_constant(1), 0), (scale(0), 1), (scale(1), 0)];
    choices.into_iter().find_map(|(scale, other)| Some((scale?, other)))
}

fn unbiased(alpha: &Alpha, shape: &[usize]) -> Result<Option<Alpha>, PassError> {
    if !alpha.is_unbiased()? {
        return Ok(None);
    }
    let scale = repeated(&alpha.scale, shape)?;
    scale.map(|scale| Ok(Alpha { scale, bias: filled(0.0, shape)? })).transpose()
}

fn biased(alpha: &Alpha, factor: &Tensor, shape: &[usize]) -> Result<Option<Alpha>, PassError> {
    let bias = if_shapes_allow(factor.combine(Arithmetic::Multiply, &alpha.bias))?;
    let bias = bias.map(|bias| repeated(&bias, shape)).transpose()?.flatten();
    Ok(repeated(&alpha.scale, shape)?.zip(bias).map(|(scale, bias)| Alpha { scale, bias }))
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{ApplyAlpha, MatMul};

    use super::*;
    use crate::testing::{self, graph, layers, run, values, vector, weight};

    fn product(scale: &[f32], bias: f32) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[2], "product");
        testing::constant(&mut graph, "w", Tensor::new(&[2, 2], vec![1f32, 2.0, 3.0, 4.0]).unwrap());
        let scales = ApplyAlpha::builder("scale").scale(vector(scale)).bias(vector(&[bias; 2]));
        graph.add(scales.inputs(["x"])).unwrap();
        graph.add(MatMul::builder("product").inputs(["scale", "w"])).unwrap();
        graph
    }

    #[test]
    fn a_scale_without_summand_moves() {
        let mut graph = product(&[0.3, 0.3], 0.0);
        run(&mut graph, &MoveScaleBelowMatMul).unwrap().unwrap();
        assert_eq!(layers(&graph), "x(input) w() product(x, w) scale(product)");
        assert_eq!(graph.outputs(), ["scale"]);
        assert_eq!(values(&weight(&graph, "scale", "scale").data), [f64::from(0.3f32); 2]);
        assert_eq!(weight(&graph, "scale", "bias").data, Tensor::vector(vec![0f64, 0.0]));
    }

    #[test]
    fn a_summand_stays_unless_its_products_have_the_shape_of_the_output() {
        let mut graph = product(&[0.3, 0.3], 1.0);
        let (outcome, found) = run(&mut graph, &MoveScaleBelowMatMul).unwrap().unwrap();
        assert_eq!((outcome, found[0].id), (Outcome::Kept, "scale-not-moved"));
        assert_eq!(layers(&graph), "x(input) w() scale(x) product(scale, w)");
    }
}
