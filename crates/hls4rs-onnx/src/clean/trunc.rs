//! Truncation of quantized numbers.

use hls4rs_types::Tensor;

use crate::graph::OnnxGraph;
use crate::node::{NodeAttribute, OnnxNode};

/// Makes `Quant` of QONNX' `Trunc`, and a product behind it where the scale stays what it was.
///
/// **Formula:** `Trunc(x, s, 0, n, m) = Quant(x, s · 2ⁿ⁻ᵐ, 0, m) · 2ᵐ⁻ⁿ`, with the rounding mode of the `Trunc`; in the second version
/// the scale of the result is given, and there is no product. What is truncated has to be quantized with that scale.
///
/// **Source:** `trunc_v1` and `trunc_v2` of `qonnx.custom_op.general.trunc`, qonnx 1.0.0. hls4ml 1.3.0 has neither.
pub(super) fn replace_trunc(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        if graph.nodes[place].op_type == "Trunc" {
            replace(graph, place);
        }
    }
    super::tidy::tidy(graph);
}

fn replace(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let node = graph.nodes[place].clone();
    let number = |index: usize| {
        let value = graph.constant(node.input(index)).filter(|value| value.len() == 1)?;
        value.iter_f64().ok()?.next()
    };
    let (scale, zero, bits_in) = (number(1)?, number(2)?, number(3)?);
    let ratio = match node.inputs.len() {
        5 => (bits_in - number(4)?).exp2(),
        6 => (number(4)? / scale).log2().round().exp2(),
        _ => return None,
    };
    let is_signed = match node.int("signed") {
        Some(signed) => signed,
        None => graph.producer(node.input(0)).and_then(|quant| quant.int("signed")).unwrap_or(1),
    };
    if zero != 0.0 {
        return None;
    }
    let scalar = |value: f64| Tensor::new(&[], vec![value as f32]).ok();
    let coarse = graph.add_constant(scalar(scale * ratio)?);
    let inputs = [node.input(0), &coarse, node.input(2), node.inputs.last()?];
    let inputs: Vec<String> = inputs.into_iter().cloned().collect();
    let mut quant = OnnxNode { inputs, op_type: "Quant".to_owned(), ..node.clone() };
    quant.attributes.insert("signed".to_owned(), NodeAttribute::Int(is_signed));
    quant.attributes.entry("narrow".to_owned()).or_insert(NodeAttribute::Int(0));
    quant.attributes.entry("rounding_mode".to_owned()).or_insert(NodeAttribute::Text("FLOOR".to_owned()));
    if node.inputs.len() == 5 && ratio != 1.0 {
        let shape = graph.shape(node.output(0)).unwrap_or_default().to_vec();
        let truncated = graph.add_tensor(&shape);
        let factor = graph.add_constant(scalar(1.0 / ratio)?);
        quant.set_output(0, &truncated);
        let mut product = OnnxNode::of("Mul", &[&truncated, &factor], &[node.output(0)]);
        product.origin = if node.origin.is_empty() { node.name } else { node.origin };
        graph.insert_node(place + 1, product);
    }
    graph.nodes[place] = quant;
    Some(())
}
