//! Removes transpositions before flattened data goes into a dense layer.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{NamedType, Strided, TensorVariable, WeightVariable};

use crate::weights::REORDERED;

/// What a reshape remembers whose transposition stays.
const KEPT: &str = "_channels_last_keep_transpose";

/// Removes a transposition before a flattening whose only reader is a dense layer, and transposes that layer's weights
/// instead. For parallel interfaces.
///
/// ```text
/// x [8, 8, 4] → transpose [4, 8, 8] → flatten → dense        x [8, 8, 4] → flatten → dense (rows permuted)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.convert_to_channels_last.RemoveTransposeBeforeFlatten`, hls4ml 1.3.0, which
/// supposes that the transposition brings the last axis to the front.
#[derive(Debug)]
pub(crate) struct RemoveTransposeBeforeFlatten;

impl NodePass for RemoveTransposeBeforeFlatten {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-transpose-before-flatten",
            upstream: "remove_transpose_before_flatten",
            summary: "removes transpositions before flattened data goes into a dense layer",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_parallel = node.graph.config.io_type() == "io_parallel";
        if !is_parallel || node.state().memory.contains(KEPT) || !node.is_a("Reshape") {
            return Ok(false);
        }
        let flattens = node.state().list("target_shape")?.len() == 1;
        let is_transposed = node.input_node(0).is_some_and(|node| node.is_a("Transpose"));
        Ok(flattens && is_transposed && dense(&node).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let (Some(transpose), Some(dense)) = (node.input_node(0), dense(&node)) else {
            return Ok(Outcome::Kept);
        };
        let shape = transpose.output_variable().and_then(TensorVariable::dims).unwrap_or_default();
        let axes: &[usize] = match shape.len() {
            2 => &[1, 0, 2],
            3 => &[1, 2, 0, 3],
            _ => {
                patch.state_mut(name)?.memory.insert(KEPT, true);
                return Ok(Outcome::Kept);
            }
        };
        let weight = permuted(dense.state().weight("weight")?, &shape, axes)?;
        let (transpose, dense) = (transpose.name.to_owned(), dense.name.to_owned());
        patch.set(&dense, "weight_t", weight.ty.clone())?;
        patch.set(&dense, "weight", weight)?;
        patch.state_mut(&dense)?.memory.insert(REORDERED, true);
        patch.remove(&transpose)?;
        Ok(Outcome::Restructured)
    }
}

/// The only reader, if it is a dense layer.
fn dense<'g>(node: &Node<'g>) -> Option<Node<'g>> {
    let mut readers = (0..node.state().outputs.len()).flat_map(|output| node.readers(output));
    let only = readers.next().filter(|reader| reader.is_a("Dense"));
    only.filter(|_| readers.next().is_none())
}

/// The weight with its rows in the order of the untransposed data.
fn permuted(weight: &WeightVariable, shape: &[usize], axes: &[usize]) -> Result<WeightVariable, PassError> {
    let rows = shape.iter().product::<usize>().max(1);
    let columns = weight.data.len() / rows;
    let split: Vec<usize> = shape.iter().copied().chain([columns]).collect();
    let turned = Strided::of(&weight.data).reshaped(&split)?.transposed(axes)?;
    let data = turned.reshaped(&[rows, columns])?.finish()?;
    let ty = NamedType::new(weight.ty.name.clone(), weight.ty.precision);
    Ok(WeightVariable { quantizer: weight.quantizer.clone(), ..WeightVariable::new(&weight.name, ty, data) })
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{Dense, Reshape, Transpose};
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{graph, layers, rewrite, values, weight};

    #[test]
    fn rows_follow_the_data() {
        let mut graph = graph(&[3, 2], "d");
        graph.add(Transpose::builder("t").with("perm", vec![1i64, 0])).unwrap();
        graph.add(Reshape::builder("f").target_shape(vec![6i64])).unwrap();
        let rows = Tensor::new(&[6, 1], vec![0f32, 1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        graph.add(Dense::builder("d").n_in(6).n_out(1).weight(rows)).unwrap();
        rewrite(&mut graph, &RemoveTransposeBeforeFlatten);
        assert_eq!(layers(&graph), "x(input) f(x) d(f)");
        assert_eq!(values(&weight(&graph, "d", "weight").data), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    }
}
