//! Moves the channels of a PyTorch model to the last axis.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::OutputOptions;
use hls4rs_layers::layers::Transpose;
use hls4rs_types::{Attribute, Attributes, Strided};

use crate::inserting::insert_behind;
use crate::qonnx::Replacement;

/// What a layer remembers once it is converted.
const CONVERTED: &str = "channels_last_converted";

/// Weights that are transposed, in this order.
const TRANSPOSED: &[&str] = &["weight", "depthwise", "pointwise", "zero_bias", "scale", "recurrent_weight"];

/// Brings layers with their channels first to hls4ml's layout, in which they are last: weights and shapes are transposed,
/// and transpositions inserted where data comes in, goes out, or is flattened.
///
/// ```text
/// x [3, 8, 8] → conv → flatten      x [3, 8, 8] → transpose → conv (channels last) → transpose → flatten
/// ```
///
/// `ChannelsLastConversion` of the model's configuration is `full`, `internal` (inputs come with their channels last) or
/// `off`; `TransposeOutputs` says whether outputs are transposed back.
///
/// **Source:** `hls4ml.model.optimizer.passes.convert_to_channels_last.ChannelsLastConverter`, hls4ml 1.3.0. Outputs whose
/// shape is turned are made anew, with the configured precision. Values before quantization are not transposed.
#[derive(Debug)]
pub(crate) struct ConvertToChannelsLast;

impl NodePass for ConvertToChannelsLast {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "convert-to-channels-last",
            upstream: "channels_last_converter",
            summary: "moves the channels of a PyTorch model to the last axis",
            preserves: Preserves::Nothing,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let mode = model_option(&node, "ChannelsLastConversion").and_then(Attribute::as_str);
        Ok(mode.is_some_and(|mode| mode != "off") && !node.state().memory.contains(CONVERTED))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        if node.is_a("Input") {
            convert_input(patch, name)?;
        } else if node.is_a("LayerNormalization") {
            enclose(patch, name)?;
        } else if !node.is_any(&["LSTM", "GRU"]) {
            convert_layer(patch, name)?;
        }
        patch.state_mut(name)?.memory.insert(CONVERTED, true);
        Ok(Outcome::Restructured)
    }
}

fn convert_input(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let rank = rank(&node);
    let mode = model_option(&node, "ChannelsLastConversion").and_then(Attribute::as_str);
    match mode {
        Some("full") if rank > 1 => {
            let new = format!("transpose_input_for_{}", stated_name(&node));
            let perm = if rank == 2 { vec![1, 0] } else { vec![1, 2, 0] };
            transpose(patch, new.clone(), name, perm)?;
            patch.set(&new, "name", new.clone())?;
        }
        Some("internal") if rank > 1 => rotate_output(patch, name)?,
        _ => {}
    }
    Ok(())
}

/// Moves the first dimension of the first output to the end.
pub(super) fn rotate_output(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let variable = patch.expect_node(name)?.output_variable();
    let mut shape = variable.map(|variable| variable.shape.clone()).unwrap_or_default();
    if !shape.is_empty() {
        shape.rotate_left(1);
    }
    set_output_shape(patch, name, shape)
}

/// Gives the first output another shape.
pub(super) fn set_output_shape(patch: &mut Patch<'_>, name: &str, shape: Vec<i64>) -> Result<(), PassError> {
    let state = patch.state_mut(name)?;
    let key = state.outputs.first().map(|output| state.variable_key(output)).unwrap_or_default();
    if let Some(Attribute::Variable(variable)) = state.attributes.get_mut(&key) {
        variable.shape = shape;
    }
    Ok(())
}

/// Puts a layer that works on the last axis between two transpositions, the second unless it makes an output that stays.
fn enclose(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let stated = stated_name(&node);
    let before = node.input_node(0).map(|node| node.name.to_owned()).unwrap_or_default();
    let goes_back = !is_output(&node) || transposes_outputs(&node)?;
    transpose(patch, format!("pre_transpose_for_{stated}"), &before, vec![1, 0])?;
    if goes_back {
        transpose(patch, format!("post_transpose_for_{stated}"), name, vec![1, 0])?;
    }
    Ok(())
}

fn convert_layer(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let rank = rank(&node);
    transpose_weights(patch, name)?;
    patch.set(name, "data_format", "channels_last")?;
    move_axis(patch, name, rank)?;
    turn_shape(patch, name)?;
    let node = patch.expect_node(name)?;
    let stated = stated_name(&node);
    let flattens = node.is_a("Reshape") && node.state().list("target_shape")?.len() == 1;
    if flattens {
        let Some(before) = node.input_node(0) else { return Ok(()) };
        let (before, perm) = (before.name.to_owned(), channels_first(self::rank(&before)));
        transpose(patch, format!("transpose_input_for_{stated}"), &before, perm)?;
    } else if is_output(&node) && rank > 1 && transposes_outputs(&node)? {
        let perm = channels_first(self::rank(&node));
        transpose(patch, format!("transpose_ouput_for_{stated}"), name, perm)?;
    }
    Ok(())
}

/// Transposes weights: matrices and those with one axis of pixels back to front, those with two so that filters are last.
fn transpose_weights(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    for weight in TRANSPOSED {
        let Some(Attribute::Weight(weight)) = patch.state_mut(name)?.attributes.get_mut(weight) else {
            continue;
        };
        let axes: &[usize] = match weight.data.rank() {
            2 => &[1, 0],
            3 => &[2, 1, 0],
            4 => &[2, 3, 1, 0],
            _ => continue,
        };
        let transposed = Strided::of(&weight.data).transposed(axes)?.finish()?;
        let before = std::mem::replace(&mut weight.data, transposed);
        weight.unquantized.get_or_insert(before);
    }
    Ok(())
}

/// Lets a concatenation work on the axis that the channels, or the pixels, have now.
fn move_axis(patch: &mut Patch<'_>, name: &str, rank: usize) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if !node.is_a("Concatenate") {
        return Ok(());
    }
    let axis = match (rank, node.state().attributes.get("axis").and_then(Attribute::as_int)) {
        (2, Some(-1 | 2)) => 1,
        (2, _) => 2,
        (3, Some(3 | -1)) => 1,
        (3, Some(2 | -2)) => 2,
        (3, _) => 3,
        _ => return Ok(()),
    };
    Ok(patch.set(name, "axis", axis)?)
}

/// Makes an output of two or three axes anew, with the first one last. Dimensions may be negative, as hls4ml computes them
/// for images that are smaller than filters need.
fn turn_shape(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let variable = patch.expect_node(name)?.output_variable();
    let Some(shape) = variable.map(|variable| variable.shape.clone()) else { return Ok(()) };
    if !matches!(shape.len(), 2 | 3) {
        return Ok(());
    }
    patch.initialize(name, |init| init.add_output(&vec![0; shape.len()], OutputOptions::default()))?;
    set_output_shape(patch, name, shape)?;
    rotate_output(patch, name)
}

/// Inserts a transposition behind a layer.
fn transpose(patch: &mut Patch<'_>, name: String, behind: &str, perm: Vec<i64>) -> Result<(), PassError> {
    let attributes = Attributes::from([("perm", perm)]);
    let (inputs, outputs) = (vec![behind.to_owned()], vec![name.clone()]);
    let new = Replacement { spec: Transpose::SPEC, name: name.clone(), inputs, outputs, attributes };
    let new = new.make(patch)?;
    insert_behind(patch, new, behind)?;
    patch.state_mut(&name)?.memory.insert(CONVERTED, true);
    Ok(())
}

/// The axes that bring the channels to the front again.
fn channels_first(rank: usize) -> Vec<i64> {
    if rank == 2 { vec![1, 0] } else { vec![2, 0, 1] }
}

fn model_option<'g>(node: &Node<'g>, option: &str) -> Option<&'g Attribute> {
    node.graph.config.options.get("HLSConfig")?.as_map()?.get("Model")?.as_map()?.get(option)
}

fn transposes_outputs(node: &Node<'_>) -> Result<bool, PassError> {
    model_option(node, "TransposeOutputs").and_then(Attribute::as_bool).ok_or_else(|| {
        let help = "set `HLSConfig.Model.TransposeOutputs` to true or false";
        PassError::unsupported("`TransposeOutputs` in the configuration", "none", help)
    })
}

fn rank(node: &Node<'_>) -> usize {
    node.output_variable().map_or(0, |variable| variable.shape.len())
}

/// The name that the converter gave the layer.
fn stated_name(node: &Node<'_>) -> String {
    node.text("name").unwrap_or("None").to_owned()
}

/// Whether the graph has an output of the layer's stated name.
fn is_output(node: &Node<'_>) -> bool {
    node.text("name").is_some_and(|name| node.graph.outputs().iter().any(|output| output == name))
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::ModelGraph;
    use hls4rs_layers::layers::{Conv1D, Reshape};
    use hls4rs_types::{Order, Tensor};

    use super::*;
    use crate::testing::{graph, layers, run, weight};

    fn model(mode: &str) -> ModelGraph {
        let mut graph = graph(&[2, 4], "flat");
        let conv = Conv1D::builder("conv").in_width(4).out_width(4).n_chan(2).n_filt(3).filt_width(1);
        let conv = conv.stride_width(1).pad_left(0).pad_right(0).weight(Tensor::zeros(&[3, 2, 1]).unwrap());
        graph.add(conv.data_format("channels_first")).unwrap();
        graph.add(Reshape::builder("flat").target_shape(vec![12i64])).unwrap();
        if let Some(Attribute::Map(hls)) = graph.config.options.get_mut("HLSConfig")
            && let Some(Attribute::Map(model)) = hls.get_mut("Model")
        {
            model.insert("ChannelsLastConversion", mode);
            model.insert("TransposeOutputs", false);
        }
        graph
    }

    fn convert(mut graph: ModelGraph) -> ModelGraph {
        let mut rounds = 0;
        while run(&mut graph, &ConvertToChannelsLast).unwrap().is_some() {
            rounds += 1;
            assert!(rounds < 10);
        }
        graph
    }

    #[test]
    fn transpositions_are_where_data_comes_in_and_is_flattened() {
        let graph = convert(model("full"));
        let expected = "x(input) transpose_input_for_x(x) conv(transpose_input_for_x) \
                        transpose_input_for_flat(conv) flat(transpose_input_for_flat)";
        assert_eq!(layers(&graph), expected);
        assert_eq!(graph.output_variable("conv").unwrap().shape, [4, 3]);
        let weight = weight(&graph, "conv", "weight");
        assert_eq!(
            (weight.data.shape(), weight.unquantized().shape()),
            ([1, 2, 3].as_slice(), [3, 2, 1].as_slice())
        );
        assert_eq!(weight.data.order(), Order::Fortran);
    }

    #[test]
    fn inputs_may_come_with_their_channels_last() {
        let graph = convert(model("internal"));
        assert_eq!(graph.output_variable("x").unwrap().shape, [4, 2]);
        assert_eq!(layers(&convert(model("off"))), "x(input) conv(x) flat(conv)");
    }
}
