//! Removes transpositions that do nothing.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

use super::convert_to_channels_last::rotate_output;

/// Removes transpositions of a single axis.
///
/// ```text
/// x [4] → transpose (0) → relu        x [4] → relu
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.transpose_opt.RemoveNopTranspose`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct RemoveNopTranspose;

impl NodePass for RemoveNopTranspose {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-nop-transpose",
            upstream: "remove_nop_transpose",
            summary: "removes transpositions of a single axis",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let perm = node.get("perm").and_then(Attribute::as_list);
        Ok(node.is_a("Transpose") && perm == Some(&[Attribute::Int(0)]))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

/// Removes transpositions of inputs with a single channel, which do not change the order of elements. For parallel
/// interfaces.
///
/// ```text
/// x [1, 8, 8] → transpose [8, 8, 1] → conv        x [8, 8, 1] → conv
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.transpose_opt.RemoveSingleChannelTranspose`, hls4ml 1.3.0, which takes every
/// transposition of such an input for one that brings the first axis to the end.
#[derive(Debug)]
pub(crate) struct RemoveSingleChannelTranspose;

impl NodePass for RemoveSingleChannelTranspose {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-single-channel-transpose",
            upstream: "remove_single_channel_transpose",
            summary: "removes transpositions of inputs with a single channel",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_parallel = node.graph.config.io_type() == "io_parallel";
        let of_input = node.is_a("Transpose") && node.input_node(0).is_some_and(|input| input.is_a("Input"));
        let has_one = node.input_variable(0).is_some_and(|input| input.shape.first() == Some(&1));
        Ok(is_parallel && of_input && has_one)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let Some(input) = patch.expect_node(name)?.input_node(0) else { return Ok(Outcome::Kept) };
        let input = input.name.to_owned();
        rotate_output(patch, &input)?;
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Transpose;

    use super::*;
    use crate::testing::{graph, layers, rewrite, run};

    #[test]
    fn a_single_axis_and_a_single_channel_need_no_transposition() {
        let mut flat = graph(&[3], "t");
        flat.add(Transpose::builder("t").with("perm", vec![0i64])).unwrap();
        rewrite(&mut flat, &RemoveNopTranspose);
        assert_eq!((layers(&flat).as_str(), flat.outputs()), ("x(input)", ["x".to_owned()].as_slice()));
        let mut image = graph(&[1, 2, 3], "t");
        image.add(Transpose::builder("t").with("perm", vec![1i64, 2, 0])).unwrap();
        assert_eq!(run(&mut image, &RemoveNopTranspose), Ok(None));
        rewrite(&mut image, &RemoveSingleChannelTranspose);
        assert_eq!(image.output_variable("x").unwrap().shape, [2, 3, 1]);
    }
}
