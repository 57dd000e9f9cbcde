//! Quantization as ONNX itself writes it.

use hls4rs_types::{DType, Tensor};

use super::eval::{evaluate, reshaped};
use super::shapes::axis;
use super::tidy::tidy;
use crate::graph::OnnxGraph;
use crate::node::{NodeAttribute, OnnxNode};

/// Makes `Quant` of `QuantizeLinear` and `DequantizeLinear`, with or without a `Clip` between them, and of `DequantizeLinear` of a
/// constant.
///
/// Before: `DequantizeLinear(Clip(QuantizeLinear(x, s, z), −8, 7), s, z)`; after: `Quant(x, s, z, 4)`.
///
/// **Source:** `QCDQToQuant` of qonnx 1.0.0. Scale and zero point are read once more where a zero point is left out, which is 0.
pub(super) fn fuse_quantizers(graph: &mut OnnxGraph) {
    let mut place = 0;
    while place < graph.nodes.len() {
        if graph.nodes[place].op_type == "DequantizeLinear" && fuse(graph, place).is_some() {
            place = 0;
        } else {
            place += 1;
        }
    }
    tidy(graph);
}

/// What a quantizer does.
struct Quantizer {
    input: String,
    dtype: DType,
    /// The limits of a `Clip`.
    range: Option<(f64, f64)>,
    /// Outputs of the operations that it takes the place of.
    replaced: Vec<String>,
}

fn fuse(graph: &mut OnnxGraph, place: usize) -> Option<()> {
    let dequantize = graph.nodes[place].clone();
    let found = match graph.constant(dequantize.input(0)) {
        Some(_) => of_constant(graph, &dequantize)?,
        None => of_chain(graph, &dequantize)?,
    };
    let (bits, is_signed, is_narrow) = width(&found)?;
    let rank = graph.rank(dequantize.input(0))?;
    let (scale, zero) = parameters(graph, &dequantize, rank)?;
    let (scale, zero) = (graph.add_constant(scale), graph.add_constant(zero));
    let bits = graph.add_constant(Tensor::new(&[], vec![bits]).ok()?);
    let mut quant = OnnxNode::of("Quant", &[&found.input, &scale, &zero, &bits], &[dequantize.output(0)]);
    quant.origin = if dequantize.origin.is_empty() { dequantize.name } else { dequantize.origin };
    "qonnx.custom_op.general".clone_into(&mut quant.domain);
    for (name, value) in [("signed", is_signed), ("narrow", is_narrow)] {
        quant.attributes.insert(name.to_owned(), NodeAttribute::Int(i64::from(value)));
    }
    quant.attributes.insert("rounding_mode".to_owned(), NodeAttribute::Text("ROUND".to_owned()));
    graph.nodes[place] = quant;
    for output in &found.replaced {
        if graph.consumers(output).is_empty() {
            graph.remove_producer(output);
        }
    }
    Some(())
}

/// A constant of integers, whose values become those that they stand for.
fn of_constant(graph: &mut OnnxGraph, dequantize: &OnnxNode) -> Option<Quantizer> {
    let inputs: Option<Vec<&Tensor>> = dequantize.inputs.iter().map(|input| graph.constant(input)).collect();
    let (dtype, value) = (inputs.as_ref()?.first()?.dtype(), evaluate(dequantize, &inputs?)?);
    let input = graph.add_constant(value);
    Some(Quantizer { input, dtype, range: None, replaced: Vec::new() })
}

/// What is quantized right before.
fn of_chain(graph: &OnnxGraph, dequantize: &OnnxNode) -> Option<Quantizer> {
    let mut before = graph.producer(dequantize.input(0))?;
    let (mut range, mut replaced) = (None, Vec::new());
    if before.op_type == "Clip" {
        let limit = |index: usize| graph.constant(before.input(index))?.iter_f64().ok()?.next();
        range = Some((limit(1)?, limit(2)?));
        replaced.push(before.output(0).clone());
        before = graph.producer(before.input(0))?;
    }
    if before.op_type != "QuantizeLinear" {
        return None;
    }
    replaced.push(before.output(0).clone());
    let same = |index: usize| match (before.inputs.get(index), dequantize.inputs.get(index)) {
        (Some(a), Some(b)) => a == b || graph.constant(a) == graph.constant(b),
        (None, None) => true,
        _ => false,
    };
    let dtype = match before.inputs.get(2) {
        Some(zero) => graph.constant(zero)?.dtype(),
        None => DType::U8,
    };
    (same(1) && same(2)).then(|| Quantizer { input: before.input(0).clone(), dtype, range, replaced })
}

/// The number of bits, whether there are negative numbers, and whether the smallest of them is left out.
fn width(found: &Quantizer) -> Option<(f32, bool, bool)> {
    let is_signed = matches!(found.dtype, DType::I8 | DType::I16 | DType::I32 | DType::I64);
    let is_integer = !matches!(found.dtype, DType::F16 | DType::F32 | DType::F64 | DType::Bool);
    let bits = found.dtype.size() as f32 * 8.0;
    match found.range {
        _ if !is_integer => None,
        None => Some((bits, is_signed, false)),
        Some((low, high)) if low <= 0.0 && high > 0.0 => {
            Some(((high - low + 1.0).log2().ceil() as f32, is_signed, low == -high))
        }
        Some(_) => None,
    }
}

/// Scale and zero point as numbers, or with all dimensions where there is one per channel.
fn parameters(graph: &OnnxGraph, node: &OnnxNode, rank: usize) -> Option<(Tensor, Tensor)> {
    let scale = graph.constant(node.input(1))?.clone();
    let axis = axis(node.int("axis").unwrap_or(1), rank);
    let shaped = |value: &Tensor| {
        if value.len() == 1 {
            return reshaped(value, &[]);
        }
        let mut shape = vec![1; rank];
        *shape.get_mut(axis?)? = value.len();
        reshaped(value, &shape)
    };
    let zeros: Vec<f32> = match node.inputs.get(2) {
        None => vec![0.0],
        Some(zero) => graph.constant(zero)?.iter_f64().ok()?.map(|zero| zero as f32).collect(),
    };
    if zeros.iter().all(|zero| *zero == 0.0) {
        return Some((shaped(&scale)?, Tensor::new(&[], vec![0f32]).ok()?));
    }
    let zero = Tensor::new(&[zeros.len()], zeros).ok()?;
    Some((shaped(&scale)?, shaped(&zero)?))
}
