//! Shapes of all tensors.

mod broadcast;
mod layout;
mod window;

pub(super) use layout::axes;
pub(super) use window::kernel;

use crate::graph::OnnxGraph;
use crate::handlers::activation;
use crate::node::OnnxNode;

/// Shapes of what an operation makes, or nothing if they cannot be told.
type Infer = fn(&OnnxGraph, &OnnxNode) -> Option<Vec<i64>>;

/// Operators, with what tells the shape of their first output. Dimensions that are not known are 0.
const RULES: &[(&[&str], Infer)] = &[
    (broadcast::OPERATORS, broadcast::infer),
    (&["MatMul"], broadcast::matmul),
    (&["Gemm"], broadcast::gemm),
    (&["Conv", "MaxPool", "AveragePool"], window::infer),
    (&["GlobalAveragePool", "GlobalMaxPool"], window::global),
    (&["Transpose"], layout::transpose),
    (&["Flatten"], layout::flatten),
    (&["Reshape"], layout::reshape),
    (&["Unsqueeze"], layout::unsqueeze),
    (&["Squeeze"], layout::squeeze),
    (&["Concat"], layout::concat),
    (&["Pad"], layout::pad),
    (&["Resize", "Upsample"], layout::resize),
    (&["Shape"], layout::shape),
    (&["ReduceMean", "ReduceSum", "ReduceMax"], layout::reduce),
];

/// Infers the shapes of what operations make, in order. What cannot be inferred keeps the shape that the file gives, or else that of
/// what the operation reads: an operator that is not known is reported, and should not have all behind it reported as well.
///
/// **Source:** `InferShapes` of qonnx 1.0.0, which is the shape inference of ONNX.
pub(super) fn infer_shapes(graph: &mut OnnxGraph) {
    for place in 0..graph.nodes.len() {
        let node = &graph.nodes[place];
        let Some(output) = node.outputs.first().cloned() else { continue };
        let rule = RULES.iter().find(|(operators, _)| operators.contains(&node.op_type.as_str()));
        let inferred = match rule {
            Some((_, infer)) => infer(graph, node),
            None if keeps_shape(node) || !node.outputs.iter().all(|made| graph.shapes.contains_key(made)) => {
                graph.shape(node.input(0)).map(<[i64]>::to_vec)
            }
            None => None,
        };
        if let Some(shape) = inferred {
            for made in graph.nodes[place].outputs.iter().skip(1).filter(|made| !made.is_empty()) {
                graph.shapes.entry(made.clone()).or_insert_with(|| shape.clone());
            }
            graph.shapes.insert(output, shape);
        }
    }
}

/// Whether an operation gives an element for each that it reads.
fn keeps_shape(node: &OnnxNode) -> bool {
    const OTHERS: &[&str] = &[
        "BatchNormalization",
        "Quant",
        "IntQuant",
        "BipolarQuant",
        "Trunc",
        "Identity",
        "Dropout",
        "Clip",
        "QuantizeLinear",
        "DequantizeLinear",
        "Cast",
        "Neg",
        "Sqrt",
        "Exp",
        "Log",
        "Abs",
        "Erf",
        "Gelu",
        "HardSigmoid",
        "HardSwish",
        "Mish",
        "Celu",
        "Sign",
        "Floor",
        "Ceil",
        "Round",
        "LogSoftmax",
        "Hardmax",
        "LayerNormalization",
        "InstanceNormalization",
        "Reciprocal",
        "Sin",
        "Cos",
        "Not",
    ];
    let operator = node.op_type.as_str();
    activation::OPERATORS.contains(&operator) || OTHERS.contains(&operator)
}

/// The integers of a constant.
pub(super) fn integers(graph: &OnnxGraph, tensor: &str) -> Option<Vec<i64>> {
    let value = graph.constant(tensor)?;
    if let Ok(values) = value.view::<i64>() {
        return Some(values.iter().copied().collect());
    }
    Some(value.iter_f64().ok()?.map(|value| value as i64).collect())
}

/// An axis counted from the front.
pub(super) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let rank_i = i64::try_from(rank).ok()?;
    let axis = if axis < 0 { axis.checked_add(rank_i)? } else { axis };
    usize::try_from(axis).ok().filter(|axis| *axis <= rank)
}
