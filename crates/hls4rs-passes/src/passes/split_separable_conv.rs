//! Splits separable convolutions into a depthwise and a pointwise one.

use hls4rs_graph::{NewLayer, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::LayerSpec;
use hls4rs_layers::layers::{Conv1D, Conv2D, DepthwiseConv1D, DepthwiseConv2D};
use hls4rs_types::{Attribute, Attributes};

use crate::qonnx::{Replacement, config_of, copied};

/// Attributes that the depthwise convolution takes along.
const DEPTHWISE: &[&str] = &[
    "in_width",
    "out_width",
    "n_chan",
    "depth_multiplier",
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
    "depthwise_data",
    "depthwise_quantizer",
];

/// Attributes that the pointwise convolution takes along.
const POINTWISE: &[&str] =
    &["out_width", "n_filt", "dilation_width", "out_height", "dilation_height", "data_format", "use_bias"];

/// Splits a separable convolution into a depthwise one and one with filters of one pixel.
///
/// ```text
/// x → sep        x → sep_depthwise → sep_pointwise
/// ```
///
/// What the configuration says about the layer goes to both; precisions for `depthwise`, `depthwise_accum` and
/// `depthwise_result` are those of weight, accumulator and result of the first, and those for `pointwise` of the second.
///
/// **Source:** `hls4ml.model.optimizer.passes.seperable_to_dw_conv.SeparableToDepthwiseAndConv`, hls4ml 1.3.0. A
/// `depthwise_result` stays in the second one's configuration, without effect.
#[derive(Debug)]
pub(crate) struct SplitSeparableConv;

impl NodePass for SplitSeparableConv {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "split-separable-conv",
            upstream: "separable_to_depthwise_and_conv",
            summary: "splits separable convolutions into a depthwise and a pointwise one",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_any(&["SeparableConv1D", "SeparableConv2D"]))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let is_flat = patch.expect_node(name)?.is_a("SeparableConv1D");
        let (first, second) = if is_flat {
            (DepthwiseConv1D::SPEC, Conv1D::SPEC)
        } else {
            (DepthwiseConv2D::SPEC, Conv2D::SPEC)
        };
        let config = config_of(&patch.expect_node(name)?);
        add_config(patch, name, &config, ["depthwise", "pointwise"])?;
        let depthwise = depthwise(patch, name, first)?;
        add_config(patch, name, &config, ["pointwise", "depthwise"])?;
        let pointwise = pointwise(patch, name, second, &depthwise.name)?;
        patch.split(name, depthwise, pointwise)?;
        Ok(Outcome::Restructured)
    }
}

/// Adds the configuration of one half: its own precisions under their usual names, and none of the weights of the other.
fn add_config(
    patch: &mut Patch<'_>,
    name: &str,
    config: &Attributes,
    [own, other]: [&str; 2],
) -> Result<(), PassError> {
    if config.is_empty() {
        return Ok(());
    }
    let mut config = config.clone();
    if !config.contains("Precision") {
        config.insert("Precision", Attributes::new());
    }
    if let Some(Attribute::Map(slots)) = config.get_mut("Precision") {
        for (from, to) in [("", "weight"), ("_accum", "accum"), ("_result", "result")] {
            if let Some(precision) = slots.get(&format!("{own}{from}")).cloned() {
                slots.insert(to, precision);
                slots.remove(&format!("{own}{from}"));
            }
        }
        slots.remove(other);
        slots.remove(&format!("{other}_accum"));
    }
    Ok(patch.config_mut().add_layer_config(&format!("{name}_{own}"), &config)?)
}

fn depthwise(patch: &mut Patch<'_>, name: &str, spec: &'static LayerSpec) -> Result<NewLayer, PassError> {
    let node = patch.expect_node(name)?;
    let mut attributes = copied(&node, DEPTHWISE);
    attributes.insert("n_filt", channels(&node)?);
    attributes.insert("use_bias", false);
    let inputs = node.state().inputs.first().cloned().into_iter().collect();
    let name = format!("{name}_depthwise");
    let outputs = vec![name.clone()];
    Ok(Replacement { spec, name, inputs, outputs, attributes }.make(patch)?)
}

fn pointwise(
    patch: &mut Patch<'_>,
    name: &str,
    spec: &'static LayerSpec,
    before: &str,
) -> Result<NewLayer, PassError> {
    let node = patch.expect_node(name)?;
    let mut attributes = copied(&node, POINTWISE);
    for one in ["filt_width", "filt_height", "stride_width", "stride_height"] {
        attributes.insert(one, 1);
    }
    for none in ["pad_left", "pad_right", "pad_top", "pad_bottom"] {
        attributes.insert(none, 0);
    }
    attributes.insert("in_width", node.state().int("out_width")?);
    attributes.insert("in_height", attributes.get("out_height").cloned().unwrap_or(Attribute::Int(1)));
    attributes.insert("n_chan", channels(&node)?);
    let get = |name: &str| node.state().attributes.get(name).cloned().unwrap_or_default();
    for (to, from) in [
        ("weight_data", "pointwise_data"),
        ("weight_quantizer", "pointwise_quantizer"),
        ("bias_data", "bias_data"),
        ("bias_quantizer", "bias_quantizer"),
    ] {
        attributes.insert(to, get(from));
    }
    // the first half is not part of the graph yet; a convolution asks its input for nothing
    let inputs = node.state().inputs.clone();
    let name = format!("{name}_pointwise");
    let outputs = vec![name.clone()];
    let mut new = Replacement { spec, name, inputs, outputs, attributes }.make(patch)?;
    new.layer.state_mut().inputs = vec![before.to_owned()];
    Ok(new)
}

/// Channels between the two convolutions.
fn channels(node: &Node<'_>) -> Result<i64, PassError> {
    let state = node.state();
    Ok(state.int("n_chan")?.saturating_mul(state.int("depth_multiplier")?))
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::SeparableConv1D;
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{graph, layers, rewrite, weight};

    #[test]
    fn each_half_has_its_precisions() {
        let mut graph = graph(&[4, 2], "s");
        let precisions = Attributes::from([("depthwise", "fixed<8,2>"), ("pointwise", "fixed<7,2>")]);
        let config = Attributes::from([("Precision", Attribute::Map(precisions))]);
        graph.config.add_layer_config("s", &config).unwrap();
        let conv = SeparableConv1D::builder("s").in_width(4).out_width(4).n_chan(2).n_filt(3).filt_width(1);
        let conv = conv.stride_width(1).pad_left(0).pad_right(0).depth_multiplier(2);
        let conv =
            conv.depthwise(Tensor::zeros(&[1, 2, 2]).unwrap()).pointwise(Tensor::zeros(&[1, 4, 3]).unwrap());
        graph.add(conv.data_format("channels_last")).unwrap();
        rewrite(&mut graph, &SplitSeparableConv);
        assert_eq!(layers(&graph), "x(input) s_depthwise(x) s_pointwise(s_depthwise)");
        let precision = |layer: &str| weight(&graph, layer, "weight").precision().to_string();
        assert_eq!(precision("s_depthwise"), "fixed<8,2,TRN,WRAP,0>");
        assert_eq!(precision("s_pointwise"), "fixed<7,2,TRN,WRAP,0>");
        assert_eq!(graph.layer("s_pointwise").unwrap().state().int("n_chan"), Ok(4));
    }
}
