//! Removes the constants that tell ONNX's paddings their size and value.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::{constant, drop_constant};

/// Removes the constants that a padding reads; the sizes are attributes already, and the value is zero.
///
/// ```text
/// x, pads, value → padding        x → padding
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.pad_const.PaddingConstant`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct RemovePaddingConstant;

impl NodePass for RemovePaddingConstant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "remove-padding-constant",
            upstream: "padding_constant",
            summary: "removes the constants that tell paddings their size and value",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_any(&["ZeroPadding1D", "ZeroPadding2D"]) && constant(&node, 1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        for input in [2, 1] {
            if patch.expect_node(name)?.state().inputs.len() > input {
                drop_constant(patch, name, input)?;
            }
        }
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{Reshape, Resize, ZeroPadding1D};
    use hls4rs_types::Tensor;

    use super::*;
    use crate::passes::{RemoveReshapeConstant, RemoveResizeConstants};
    use crate::testing::{self, graph, layers, rewrite, vector};

    #[test]
    fn sizes_and_value_go() {
        let mut graph = graph(&[2, 1], "pad");
        testing::constant(&mut graph, "sizes", Tensor::vector(vec![0i64, 1, 0, 0, 1, 0]));
        testing::constant(&mut graph, "value", vector(&[0.0]));
        let pad = ZeroPadding1D::builder("pad").in_width(2).out_width(4).n_chan(1).pad_left(1).pad_right(1);
        let inputs = vec!["x".to_owned(), "sizes".to_owned(), "value".to_owned()];
        let pad = pad.with("data_format", "channels_last").with("inputs", inputs.clone());
        graph.add(pad.inputs(inputs)).unwrap();
        rewrite(&mut graph, &RemovePaddingConstant);
        assert_eq!(layers(&graph), "x(input) pad(x)");
        // the attribute is the same list in hls4ml
        let stated = graph.layer("pad").unwrap().state().list("inputs").unwrap().len();
        assert_eq!(stated, 1);
    }

    #[test]
    fn the_place_of_a_shape_stays() {
        let mut graph = graph(&[4], "r");
        testing::constant(&mut graph, "shape", Tensor::vector(vec![1i64, 2, 2]));
        graph.add(Reshape::builder("r").target_shape(vec![2i64, 2]).inputs(["x", "shape"])).unwrap();
        rewrite(&mut graph, &RemoveReshapeConstant);
        assert_eq!(layers(&graph), "x(input) r(x, )");
    }

    #[test]
    fn a_region_has_no_effect() {
        let mut graph = graph(&[2, 1], "r");
        testing::constant(&mut graph, "region", vector(&[0.0, 1.0]));
        testing::constant(&mut graph, "factors", vector(&[1.0, 2.0, 1.0]));
        let resize = Resize::builder("r").in_height(1).in_width(2).out_height(1).out_width(4).n_chan(1);
        let resize = resize.with("data_format", "channels_last").inputs(["x", "region", "factors"]);
        graph.add(resize).unwrap();
        assert_eq!(rewrite(&mut graph, &RemoveResizeConstants), ["region-ignored"]);
        assert_eq!(layers(&graph), "x(input) r(x)");
    }
}
