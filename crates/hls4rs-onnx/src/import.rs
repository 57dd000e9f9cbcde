//! From a model in memory to a list of layers.

use hls4rs_frontend::{
    Entry, Findings, FrontEnd, Imported, Problem, SourceError, SourceFile, clean_name, sanitized,
};
use hls4rs_types::Attributes;
use indexmap::IndexMap;

use crate::clean::{clean, is_raw};
use crate::graph::OnnxGraph;
use crate::handlers::{Context, HANDLERS, SKIPPED, handler};
use crate::node::OnnxNode;
use crate::read::read;
use crate::rewrites::rewrite_of;

/// What is said of an operation that is left out.
pub(crate) const DROPPED: &str = "does nothing when the model predicts, left out";

/// The importer of ONNX and QONNX models.
#[derive(Debug, Clone, Copy)]
pub struct Onnx;

impl FrontEnd for Onnx {
    fn name(&self) -> &'static str {
        "onnx"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["onnx"]
    }

    fn operations(&self) -> Vec<&'static str> {
        HANDLERS
            .iter()
            .flat_map(|(operators, _)| operators.iter().copied())
            .chain(SKIPPED.iter().copied())
            .collect()
    }

    fn import(&self, source: &SourceFile, _: &Attributes) -> Result<Imported, SourceError> {
        let mut graph = read(source)?;
        let mut findings = Findings::default();
        if is_raw(&graph) {
            graph = clean(graph, &mut findings);
        }
        Ok(layers(&graph, findings))
    }
}

/// The layers of a model, in hls4ml's order: inputs, constants, operations.
///
/// **Source:** `parse_onnx_model` of `hls4ml.converters.onnx_to_hls`, hls4ml 1.3.0.
fn layers(graph: &OnnxGraph, findings: Findings) -> Imported {
    let mut imported = Imported { findings, ..Imported::default() };
    let inputs = graph.inputs.iter().map(|name| {
        let shape = graph.shape(name).unwrap_or_default();
        let class = "InputLayer";
        Entry::new()
            .with("name", sanitized(&clean_name(name), class))
            .with("class_name", class)
            .with("input_shape", shape.iter().skip(1).copied().collect::<Vec<i64>>())
    });
    let inputs: Vec<Attributes> = inputs.map(Entry::into_attributes).collect();
    imported.inputs =
        Some(inputs.iter().filter_map(|input| input.get("name")?.as_str().map(str::to_owned)).collect());
    imported.layers.extend(inputs);
    for (name, value) in &graph.initializers {
        let constant = Entry::new()
            .with("name", sanitized(&clean_name(name), "Constant"))
            .with("class_name", "Constant")
            .with("value", value.clone());
        imported.layers.push(constant.into_attributes());
    }
    let mut renamed = IndexMap::new();
    for node in &graph.nodes {
        convert(graph, node, &mut renamed, &mut imported);
    }
    let outputs = graph
        .nodes
        .iter()
        .filter(|node| node.outputs.first().is_some_and(|made| graph.outputs.contains(made)));
    imported.outputs = Some(outputs.map(|node| node.name.clone()).collect());
    imported
}

/// Converts one operation, or notes why it cannot be converted.
fn convert(
    graph: &OnnxGraph,
    node: &OnnxNode,
    renamed: &mut IndexMap<String, String>,
    imported: &mut Imported,
) {
    let mapped = |name: &String| renamed.get(name).unwrap_or(name).clone();
    let inputs: Vec<String> = node.inputs.iter().map(mapped).collect();
    if SKIPPED.contains(&node.op_type.as_str()) {
        if let (Some(input), Some(output)) = (inputs.first(), node.outputs.first()) {
            renamed.insert(output.clone(), input.clone());
            imported.findings.note("dropped-operation", &node.place(), DROPPED);
        }
        return;
    }
    let place = node.place();
    let Some(convert) = handler(&node.op_type) else {
        let message = format!("expected an operator that can be converted, found `{}`", node.op_type);
        imported.findings.error("unsupported-operation", &place, message, rewrite_of(&node.op_type));
        return;
    };
    let shapes = shapes(graph, node, &place, &mut imported.findings);
    match convert(&Context { graph, node, inputs: &inputs, shapes: &shapes }) {
        Ok(mut layer) => {
            let name = sanitized(layer.text("name"), layer.text("class_name"));
            layer.set("name", name);
            imported.layers.push(layer.into_attributes());
        }
        Err(Problem { id, message, help }) => {
            let is_told = id != "unsupported-attribute" || help.contains("backends");
            let help = if is_told { help } else { format!("{help} (all backends)") };
            imported.findings.error(id, &place, message, help);
        }
    }
}

/// Shapes of what an operation reads; scalars have none.
fn shapes(graph: &OnnxGraph, node: &OnnxNode, place: &str, findings: &mut Findings) -> Vec<Vec<i64>> {
    let mut shapes = Vec::new();
    for input in node.inputs.iter().filter(|input| !input.is_empty()) {
        match graph.shape(input) {
            Some([]) => {}
            Some(shape) if shape.iter().any(|size| !(-1..=1 << 31).contains(size)) => findings.error(
                "malformed-source",
                place,
                format!("input `{input}`: expected sizes, found {shape:?}"),
                "export the model again",
            ),
            Some(shape) => shapes.push(shape.to_vec()),
            None => findings.error(
                "malformed-source",
                place,
                format!("input `{input}`: expected a known shape, found none"),
                "run shape inference on the model",
            ),
        }
    }
    shapes
}
