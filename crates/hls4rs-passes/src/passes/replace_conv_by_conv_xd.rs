//! Replaces ONNX's convolutions by those along one or two axes.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::LayerSpec;
use hls4rs_layers::layers::{Conv1D, Conv2D, DepthwiseConv1D, DepthwiseConv2D};
use hls4rs_types::{Attribute, Attributes, Strided};

use crate::qonnx::{Replacement, config_of, constant, copied, drop_constant, quantizer_of, value};
use crate::scales::filled;

/// Attributes that the new layer takes along.
const COPIED: &[&str] = &[
    "in_width",
    "out_width",
    "n_chan",
    "n_filt",
    "pad_left",
    "pad_right",
    "filt_width",
    "stride_width",
    "dilation_width",
    "in_height",
    "out_height",
    "pad_top",
    "pad_bottom",
    "filt_height",
    "stride_height",
    "dilation_height",
    "data_format",
];

/// Replaces a convolution of ONNX in one group, whose weights and bias are constants, by one along its axes.
///
/// ```text
/// x, weights, bias → conv        x → Conv2D_conv (weights, bias)
/// ```
///
/// The filters' axis goes from the front of the weights to their end.
///
/// **Source:** `hls4ml.model.optimizer.passes.conv_to_convxd.ConvToConvXD`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReplaceConvByConvXd;

impl NodePass for ReplaceConvByConvXd {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-conv-by-conv-xd",
            upstream: "conv_to_conv_x_d",
            summary: "replaces ONNX's convolutions by those along one or two axes",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Conv") && has_constants(&node) && node.state().get("group") == Some(&Attribute::Int(1)))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        replace(patch, name, [Conv1D::SPEC, Conv2D::SPEC], ["weight_data", "weight_quantizer"])
    }
}

/// Replaces a convolution of ONNX with as many groups as channels, whose weights and bias are constants, by a depthwise
/// one along its axes.
///
/// ```text
/// x, weights, bias → conv        x → DepthwiseConv2D_conv (weights, bias)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.conv_to_depthwiseconvxd.ConvToDepthwiseConvXD`, hls4ml 1.3.0, which leaves
/// `depth_multiplier` at 1.
#[derive(Debug)]
pub(crate) struct ReplaceConvByDepthwise;

impl NodePass for ReplaceConvByDepthwise {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-conv-by-depthwise",
            upstream: "conv_to_depthwise_conv_x_d",
            summary: "replaces ONNX's convolutions with a group per channel by depthwise ones",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let group = node.state().attributes.get("group");
        let is_depthwise =
            group == node.state().attributes.get("n_chan") && group != Some(&Attribute::Int(1));
        Ok(node.is_a("Conv") && has_constants(&node) && is_depthwise)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let specs = [DepthwiseConv1D::SPEC, DepthwiseConv2D::SPEC];
        replace(patch, name, specs, ["depthwise_data", "depthwise_quantizer"])
    }
}

/// Whether weights, and bias if there is one, are constants.
fn has_constants(node: &Node<'_>) -> bool {
    let count = node.state().inputs.len();
    matches!(count, 2 | 3) && (1..count).all(|input| constant(node, input).is_some())
}

/// Puts a convolution along one or two axes in the place of a layer; the weights go by these names.
fn replace(
    patch: &mut Patch<'_>,
    name: &str,
    [along_one, along_two]: [&'static LayerSpec; 2],
    [weights, weights_quantizer]: [&str; 2],
) -> Result<Outcome, PassError> {
    let node = patch.expect_node(name)?;
    let Some(read) = constant(&node, 1) else { return Ok(Outcome::Kept) };
    let (spec, axes): (_, &[usize]) =
        if node.state().int("n_dim")? == 1 { (along_one, &[1, 2, 0]) } else { (along_two, &[1, 2, 3, 0]) };
    let mut attributes = copied(&node, COPIED);
    attributes.insert(weights, Strided::of(&value(&read)?).transposed(axes)?.finish()?);
    attributes.insert(weights_quantizer, quantizer_of(&read));
    add_bias(&node, &mut attributes)?;
    let (config, new) = (config_of(&node), format!("{}_{name}", spec.kind));
    let inputs = node.state().inputs.first().cloned().into_iter().collect();
    let outputs = node.state().outputs.clone();
    patch.config_mut().add_layer_config(&new, &config)?;
    let new = Replacement { spec, name: new, inputs, outputs, attributes }.make(patch)?;
    for input in (1..patch.expect_node(name)?.state().inputs.len()).rev() {
        drop_constant(patch, name, input)?;
    }
    patch.replace(name, new)?;
    Ok(Outcome::Restructured)
}

fn add_bias(node: &Node<'_>, attributes: &mut Attributes) -> Result<(), PassError> {
    match constant(node, 2) {
        Some(read) => {
            attributes.insert("bias_data", value(&read)?);
            attributes.insert("bias_quantizer", quantizer_of(&read));
            attributes.insert("use_bias", true);
        }
        None => {
            attributes.insert("bias_data", filled(0.0, &[node.state().size("n_filt")?])?);
            attributes.insert("use_bias", false);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Conv;
    use hls4rs_types::{Order, Tensor};

    use super::*;
    use crate::testing::{self, graph, layers, rewrite, run, values, weight};

    fn convolution(group: i64, weights: &[usize]) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[4, 2], "c");
        let count = weights.iter().product::<usize>();
        testing::constant(
            &mut graph,
            "w",
            Tensor::new(weights, (0..count).map(|i| i as f32).collect()).unwrap(),
        );
        testing::constant(&mut graph, "b", testing::vector(&[1.0, 2.0]));
        let conv = Conv::builder("c").data_format("channels_last").n_dim(1).group(group);
        let conv = conv.in_width(4).out_width(4).n_chan(2).n_filt(2).filt_width(1).stride_width(1);
        graph.add(conv.pad_left(0).pad_right(0).inputs(["x", "w", "b"])).unwrap();
        graph
    }

    #[test]
    fn filters_go_to_the_end() {
        let mut graph = convolution(1, &[2, 1, 2]);
        rewrite(&mut graph, &ReplaceConvByConvXd);
        assert_eq!(layers(&graph), "x(input) Conv1D_c(x)");
        let weight = &weight(&graph, "Conv1D_c", "weight").data;
        assert_eq!(
            (weight.shape(), weight.order(), values(weight)),
            ([1, 2, 2].as_slice(), Order::Fortran, vec![0.0, 2.0, 1.0, 3.0])
        );
    }

    #[test]
    fn a_group_per_channel_is_depthwise() {
        let mut graph = convolution(2, &[2, 1, 1]);
        assert_eq!(run(&mut graph, &ReplaceConvByConvXd), Ok(None));
        rewrite(&mut graph, &ReplaceConvByDepthwise);
        assert_eq!(layers(&graph), "x(input) DepthwiseConv1D_c(x)");
        assert_eq!(values(&weight(&graph, "DepthwiseConv1D_c", "bias").data), [1.0, 2.0]);
    }
}
