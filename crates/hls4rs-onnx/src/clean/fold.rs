//! What can be computed beforehand.

use hls4rs_types::Tensor;

use super::edit::dims;
use super::eval::evaluate;
use super::shapes::infer_shapes;
use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::OnnxNode;

/// Graphs with more operations are put in order once, and not behind every operation.
const FEW: usize = 1024;

/// Elements by which all constants together may grow.
const MOST_MORE: usize = 1 << 25;

/// Quantizers of constants, which say how layers keep them.
pub(super) const QUANTIZERS: &[&str] = &["Quant", "BipolarQuant"];

/// The same, and those that become one.
pub(super) const ALL_QUANTIZERS: &[&str] = &["Quant", "BipolarQuant", "QuantizeLinear", "DequantizeLinear"];

/// Computes operations that read constants alone, one after the other, except for those operators.
///
/// Before: `Constant`, `Transpose` of a weight, the shape of a tensor; after: constants, behind all others.
///
/// **Source:** `FoldConstants` of qonnx 1.0.0, which lets ONNX Runtime compute. `Shape` of a tensor of which only the batch is not
/// known has 0 there, as in qonnx; a `Reshape` takes that for the size that its input has.
pub(super) fn fold_constants(graph: &mut OnnxGraph, except: &[&str]) {
    let size =
        |graph: &OnnxGraph| graph.initializers.values().map(Tensor::len).fold(0, usize::saturating_add);
    let most = size(graph).saturating_add(MOST_MORE);
    while let Some((place, value)) = next(graph, except) {
        if size(graph).saturating_add(value.len()) > most {
            break;
        }
        let node = graph.nodes.remove(place);
        graph.set_constant(node.output(0), value);
        if graph.nodes.len() <= FEW {
            infer_shapes(graph);
            tidy(graph);
        }
    }
    infer_shapes(graph);
    tidy(graph);
}

/// The first operation that can be computed, with its value.
fn next(graph: &OnnxGraph, except: &[&str]) -> Option<(usize, Tensor)> {
    let nodes = graph.nodes.iter().enumerate();
    let mut nodes = nodes.filter(|(_, node)| !except.contains(&node.op_type.as_str()));
    nodes.find_map(|(place, node)| Some((place, value(graph, node)?)))
}

fn value(graph: &OnnxGraph, node: &OnnxNode) -> Option<Tensor> {
    if node.outputs.iter().filter(|output| !output.is_empty()).count() != 1 {
        return None;
    }
    if node.op_type == "Shape" && node.attributes.is_empty() {
        return Some(Tensor::vector(graph.shape(node.input(0))?.to_vec()));
    }
    let inputs: Option<Vec<&Tensor>> = node.inputs.iter().map(|input| graph.constant(input)).collect();
    evaluate(node, &inputs?)
}

/// Whether an operation reads constants alone.
pub(super) fn is_constant(graph: &OnnxGraph, node: &OnnxNode) -> bool {
    node.inputs.iter().all(|input| graph.initializers.contains_key(input))
}

/// Sets a constant to a value of the same or another shape, in its place in the order.
pub(super) fn replace(graph: &mut OnnxGraph, name: &str, value: Tensor) {
    graph.shapes.insert(name.to_owned(), dims(&value));
    graph.initializers.insert(name.to_owned(), value);
}
