//! Small graphs for the tests of passes.

use hls4rs_graph::{Config, Diagnostic, ModelGraph, NodePass, Outcome, PassError, Patch, check_structure};
use hls4rs_layers::Draft;
use hls4rs_layers::layers::{BipolarQuant, Constant, Input, Quant};
use hls4rs_types::{Tensor, WeightVariable};

/// A graph with an input `x` of that shape, whose output is `output`.
pub(crate) fn graph(shape: &[usize], output: &str) -> ModelGraph {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], [output]);
    graph.add(Input::builder("x").input_shape(shape)).unwrap();
    graph
}

/// Adds a constant.
pub(crate) fn constant(graph: &mut ModelGraph, name: &str, value: Tensor) {
    graph.add(Constant::builder(name).value(value)).unwrap();
}

/// A `Quant` layer whose parameters are attributes already, which rounds to signed numbers.
pub(crate) fn quant(name: &str, input: &str, scale: Tensor, zeropt: f32, bits: f64) -> Draft {
    let quant = Quant::builder(name).narrow(false).rounding_mode("ROUND").signed(true);
    let quant = quant.scale(scale).zeropt(Tensor::vector(vec![zeropt])).bitwidth(bits);
    quant.inputs([input]).build()
}

/// A `BipolarQuant` layer whose parameter is an attribute already.
pub(crate) fn bipolar_quant(name: &str, input: &str, scale: f32) -> Draft {
    BipolarQuant::builder(name).scale(Tensor::vector(vec![scale])).inputs([input]).build()
}

/// An array of one dimension.
pub(crate) fn vector(values: &[f32]) -> Tensor {
    Tensor::vector(values.to_vec())
}

/// Runs a pass on the first layer that it is for, if there is one. Returns what it did and what it found.
pub(crate) fn run(
    graph: &mut ModelGraph,
    pass: &dyn NodePass,
) -> Result<Option<(Outcome, Vec<Diagnostic>)>, PassError> {
    let names: Vec<String> = graph.layers().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if pass.matches(graph.node(&name).unwrap())? {
            let mut diagnostics = Vec::new();
            let outcome = pass.rewrite(&mut Patch::new(graph, &mut diagnostics), &name)?;
            check_structure(graph)?;
            return Ok(Some((outcome, diagnostics)));
        }
    }
    Ok(None)
}

/// Runs a pass that must change the layers. Returns the kinds of what it found.
pub(crate) fn rewrite(graph: &mut ModelGraph, pass: &dyn NodePass) -> Vec<&'static str> {
    let (outcome, diagnostics) = run(graph, pass).unwrap().unwrap();
    assert_eq!(outcome, Outcome::Restructured);
    diagnostics.into_iter().map(|diagnostic| diagnostic.id).collect()
}

/// The layers in order, each with its inputs: `relu(x)`.
pub(crate) fn layers(graph: &ModelGraph) -> String {
    let show = |(name, layer): (&str, &dyn hls4rs_layers::Layer)| {
        format!("{name}({})", layer.state().inputs.join(", "))
    };
    graph.layers().map(show).collect::<Vec<_>>().join(" ")
}

/// Text of the precision of a layer's first output.
pub(crate) fn precision(graph: &ModelGraph, layer: &str) -> String {
    graph.node(layer).unwrap().output_precision().unwrap().to_string()
}

/// A weight of a layer.
pub(crate) fn weight<'g>(graph: &'g ModelGraph, layer: &str, weight: &str) -> &'g WeightVariable {
    graph.layer(layer).unwrap().state().weight(weight).unwrap()
}

/// Values of an array.
pub(crate) fn values(tensor: &Tensor) -> Vec<f64> {
    tensor.iter_f64().unwrap().collect()
}
