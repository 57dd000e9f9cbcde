//! A model at a glance.

use hls4rs_archive::Model;
use hls4rs_graph::ModelGraph;
use hls4rs_layers::Layer;
use hls4rs_types::{Attribute, TensorVariable, WeightVariable};
use serde::Serialize;

/// A model at a glance: what it is for, its layers, and totals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelSummary {
    /// Name of the project.
    pub project: String,
    /// Name of the backend.
    pub backend: String,
    /// `io_parallel` or `io_stream`.
    pub io_type: String,
    /// The FPGA.
    pub part: Option<String>,
    /// Clock period in nanoseconds.
    pub clock_period_ns: Option<f64>,
    /// Version of hls4ml that the archive names.
    pub hls4ml_version: String,
    /// Version of the format.
    pub format_version: String,
    /// The graph's inputs.
    pub inputs: Vec<PortSummary>,
    /// The graph's outputs.
    pub outputs: Vec<PortSummary>,
    /// The layers in order.
    pub layers: Vec<LayerSummary>,
    /// Number of weights in all layers.
    pub n_parameters: usize,
    /// Number of weights that are zero; nothing if they are not loaded.
    pub n_zeros: Option<usize>,
    /// Flows that were applied, in order.
    pub applied_flows: Vec<String>,
    /// How the model came about, first step first: what was done, and by what.
    pub provenance: Vec<String>,
    /// Members of the archive that are not part of the graph.
    pub extra_members: Vec<String>,
}

/// An input or output of the graph.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PortSummary {
    /// Name of the output that it is.
    pub name: String,
    /// Name of the variable in the generated C++.
    pub variable: Option<String>,
    /// The dimensions, batch omitted.
    pub shape: Option<Vec<i64>>,
    /// Precision of the elements.
    pub precision: Option<String>,
}

/// A layer at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LayerSummary {
    /// Name of the layer.
    pub name: String,
    /// Kind of the layer; the whole class name if nobody registered it.
    pub kind: String,
    /// Names of the outputs that it reads.
    pub inputs: Vec<String>,
    /// Dimensions of its first output, batch omitted.
    pub shape: Option<Vec<i64>>,
    /// Precision of its result.
    pub result: Option<String>,
    /// Precision of its weights.
    pub weight: Option<String>,
    /// Precision of its bias.
    pub bias: Option<String>,
    /// Precision of its intermediate sums.
    pub accumulator: Option<String>,
    /// Number of its weights.
    pub n_parameters: usize,
    /// Number of its weights that are zero; nothing if they are not loaded.
    pub n_zeros: Option<usize>,
    /// How many times each multiplier is used.
    pub reuse_factor: Option<i64>,
    /// The backend's strategy.
    pub strategy: Option<String>,
}

/// A model at a glance. Weights are not loaded for it.
#[must_use]
pub fn inspect(model: &Model) -> ModelSummary {
    let (graph, config) = (&model.graph, &model.graph.config);
    let layers: Vec<LayerSummary> = graph.layers().map(|(name, layer)| summary(name, layer)).collect();
    ModelSummary {
        project: config.project_name().to_owned(),
        backend: config.backend().to_owned(),
        io_type: config.io_type().to_owned(),
        part: config.option("Part").map(str::to_owned),
        clock_period_ns: config.options.get("ClockPeriod").and_then(Attribute::as_float),
        hls4ml_version: model.version.hls4ml.clone(),
        format_version: model.version.model_graph.clone(),
        inputs: ports(graph, graph.inputs()),
        outputs: ports(graph, graph.outputs()),
        n_parameters: layers.iter().map(|layer| layer.n_parameters).sum(),
        n_zeros: layers.iter().map(|layer| layer.n_zeros).sum(),
        layers,
        applied_flows: graph.applied_flows().iter().flat_map(|flows| flows.keys().cloned()).collect(),
        provenance: model.provenance.iter().map(ToString::to_string).collect(),
        extra_members: model.extra.keys().cloned().collect(),
    }
}

fn ports(graph: &ModelGraph, names: &[String]) -> Vec<PortSummary> {
    let port = |name: &String| {
        let variable = graph.output_variable(name);
        PortSummary {
            name: name.clone(),
            variable: variable.map(|variable| variable.name.clone()),
            shape: variable.map(|variable| variable.shape.clone()),
            precision: variable.map(|variable| variable.precision().to_string()),
        }
    };
    names.iter().map(port).collect()
}

fn summary(name: &str, layer: &dyn Layer) -> LayerSummary {
    let state = layer.state();
    let variable = state.outputs.first().and_then(|output| state.variable(output));
    let weight_precision = |slot: &str| {
        let weight = state.attributes.get(slot).and_then(Attribute::as_weight);
        weight.map(|weight| weight.precision().to_string())
    };
    let precision = |slot: &str| {
        let weight = state.attributes.get(slot).and_then(Attribute::as_weight).map(WeightVariable::precision);
        let ty = state.named_type(&format!("{slot}_t")).ok().map(|ty| ty.precision);
        weight.or(ty).map(|precision| precision.to_string())
    };
    let weights = || weights(layer);
    LayerSummary {
        name: name.to_owned(),
        kind: if layer.is_known() { layer.kind() } else { layer.class_name() }.to_owned(),
        inputs: state.inputs.clone(),
        shape: variable.map(|variable| variable.shape.clone()),
        result: variable.map(TensorVariable::precision).map(|precision| precision.to_string()),
        weight: ["weight", "depthwise", "scale", "param", "embeddings", "table"]
            .into_iter()
            .find_map(weight_precision),
        bias: precision("bias"),
        accumulator: precision("accum"),
        n_parameters: weights().map(|weight| weight.data.len()).sum(),
        n_zeros: weights().map(n_zeros).sum(),
        reuse_factor: state.int("reuse_factor").ok(),
        strategy: state.str("strategy").ok().map(str::to_owned),
    }
}

/// Number of values that are zero, if the values are here: a glance loads nothing.
fn n_zeros(weight: &WeightVariable) -> Option<usize> {
    if weight.data.is_loaded() { weight.n_zeros().ok() } else { None }
}

/// The layer's weights, without the parts by gate that Quartus makes of recurrent ones.
fn weights(layer: &dyn Layer) -> impl Iterator<Item = &WeightVariable> {
    let attributes = &layer.state().attributes;
    let is_part = |name: &str| {
        let whole = ["_i", "_f", "_c", "_o"].into_iter().find_map(|gate| name.strip_suffix(gate));
        whole.is_some_and(|whole| attributes.get(whole).is_some_and(|value| value.as_weight().is_some()))
    };
    attributes.iter().filter(move |(name, _)| !is_part(name)).filter_map(|(_, value)| value.as_weight())
}
