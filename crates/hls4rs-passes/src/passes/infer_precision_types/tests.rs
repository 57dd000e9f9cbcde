//! Small graphs with open precisions.

use hls4rs_graph::{Config, Flow, FlowError, FlowOptions, ModelGraph, Step};
use hls4rs_layers::layers::{
    Activation, Concatenate, Constant, Dense, Input, Merge, PReLU, ParametrizedActivation, Reshape,
};
use hls4rs_types::{Attribute, Attributes, Precision, Tensor};

use super::InferPrecisionTypes;

static FLOW: Flow =
    Flow { name: "infer", summary: "", requires: &[], steps: &[Step::node(&InferPrecisionTypes)] };

/// A configuration with these precisions of layers, by slot; of the model by default `fixed<10,4>`.
fn config(layers: &[(&str, &[(&str, &str)])]) -> Config {
    let mut config = Config::default();
    config.precision.model.insert("default".to_owned(), Some("fixed<10,4>".to_owned()));
    for (layer, slots) in layers {
        let slots: Attributes = slots.iter().map(|(slot, text)| (*slot, Attribute::from(*text))).collect();
        config.set_layer_config(layer, &[("Precision", Attribute::Map(slots))].into()).unwrap();
    }
    config
}

/// A graph that has inputs `x` and `y` of these precisions.
fn graph(x: &str, y: &str, layers: &[(&str, &[(&str, &str)])]) -> ModelGraph {
    let mut all = vec![("x", [("result", x)]), ("y", [("result", y)])];
    all.retain(|(_, [(_, precision)])| !precision.is_empty());
    let mut config = config(layers);
    for (name, slots) in &all {
        let slots: Attributes = slots.iter().map(|(slot, text)| (*slot, Attribute::from(*text))).collect();
        config.set_layer_config(name, &[("Precision", Attribute::Map(slots))].into()).unwrap();
    }
    let mut graph = ModelGraph::new(config);
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    graph.set_io(names.clone(), ["out"]);
    for name in names {
        graph.add(Input::builder(name).input_shape([4, 2])).unwrap();
    }
    graph
}

fn infer(graph: &mut ModelGraph) -> Result<(), FlowError> {
    graph.apply_steps(&FLOW, &mut FlowOptions { verify: true, ..FlowOptions::default() }).map(|_| ())
}

fn result(graph: &ModelGraph, layer: &str) -> String {
    let result = graph.node(layer).unwrap().output_precision().unwrap();
    assert_eq!(graph.layer(layer).unwrap().state().precision("result_t"), Some(result));
    result.to_string().replace(",TRN,WRAP,0", "")
}

fn dense(slots: &[(&str, &str)], maximum: Option<&str>) -> ModelGraph {
    let mut graph = graph("fixed<8,3>", "", &[("fc", slots)]);
    if let Some(maximum) = maximum {
        graph.config.precision.model.insert("maximum".to_owned(), Some(maximum.to_owned()));
    }
    let weight = Tensor::new(&[2, 3], vec![0.5f32; 6]).unwrap();
    let fc = Dense::builder("fc").n_in(2).n_out(3).weight(weight).bias(Tensor::vector(vec![1f32; 3]));
    graph.add(fc).unwrap();
    graph.add(Activation::builder("out").activation("relu")).unwrap();
    graph
}

#[test]
fn a_sum_of_products_gets_the_bits_that_it_needs() {
    let mut graph = dense(&[("weight", "int<2>"), ("bias", "ufixed<6,1>"), ("result", "auto")], None);
    infer(&mut graph).unwrap();
    // 8 + 2 bits for a product, one for two of them, one for the bias
    assert_eq!(result(&graph, "fc"), "fixed<12,7>");
    let state = graph.layer("fc").unwrap().state();
    assert_eq!(state.named_type("result_t").unwrap().name, "fc_result_t");
    assert_eq!(state.variable("fc").unwrap().ty.name, "fc_result_t");
    assert_eq!(graph.node("out").unwrap().output_precision(), Some(Precision::fixed(10, 4)));
}

#[test]
fn the_maximum_limits_it() {
    let slots = [("weight", "int<2>"), ("bias", "ufixed<6,1>"), ("result", "auto")];
    let mut graph = dense(&slots, Some("fixed<10,8>"));
    infer(&mut graph).unwrap();
    assert_eq!(result(&graph, "fc"), "fixed<10,7>");
    let error = infer(&mut dense(&slots, Some("float"))).unwrap_err();
    assert!(error.help().is_some_and(|help| help.contains("`maximum`")));
}

#[test]
fn weights_without_quantizer_and_unusual_types_get_the_default() {
    let mut graph = dense(&[("weight", "auto"), ("bias", "float"), ("result", "auto")], None);
    infer(&mut graph).unwrap();
    assert_eq!(result(&graph, "fc"), "fixed<10,4>");
    let weight = graph.layer("fc").unwrap().state().weight("weight").unwrap().clone();
    assert_eq!(weight.precision(), Precision::fixed(10, 4));
    assert_eq!(graph.layer("fc").unwrap().state().named_type("weight_t"), Ok(&weight.ty));
}

#[test]
fn merges_follow_their_operation() {
    for (operation, x, y, expected) in [
        ("add", "fixed<8,3>", "ufixed<8,5>", "fixed<12,7>"),
        ("subtract", "ufixed<8,3>", "ufixed<8,3>", "fixed<9,4>"),
        ("multiply", "fixed<8,3>", "uint<4>", "fixed<12,7>"),
        ("maximum", "fixed<8,3>", "ufixed<8,3>", "fixed<9,4>"),
        ("minimum", "fixed<8,3,RND>", "fixed<8,3,RND>", "fixed<8,3,RND,WRAP,0>"),
        ("add", "float", "fixed<8,3>", "fixed<10,4>"),
        ("unheard", "fixed<8,3>", "fixed<8,3>", "fixed<10,4>"),
    ] {
        let mut graph = graph(x, y, &[("out", &[("result", "auto")])]);
        graph.add(Merge::builder("out").op(operation).inputs(["x", "y"])).unwrap();
        infer(&mut graph).unwrap();
        assert_eq!(result(&graph, "out"), expected, "{operation}");
    }
}

#[test]
fn a_concatenation_keeps_modes() {
    let mut graph = graph("fixed<8,3>", "ufixed<6,4,RND,SAT>", &[("out", &[("result", "auto")])]);
    graph.add(Concatenate::builder("out").axis(1).op("concatenate2d").inputs(["x", "y"])).unwrap();
    infer(&mut graph).unwrap();
    assert_eq!(result(&graph, "out"), "fixed<10,5,RND,SAT,0>");
}

#[test]
fn what_only_moves_values_keeps_the_precision() {
    let auto: &[(&str, &str)] = &[("result", "auto")];
    let mut graph = graph("fixed<8,3>", "", &[("flat", auto), ("out", auto)]);
    graph.add(Reshape::builder("flat").target_shape(vec![8i64])).unwrap();
    graph.add(Reshape::builder("out").target_shape(vec![8i64])).unwrap();
    infer(&mut graph).unwrap();
    assert_eq!(result(&graph, "out"), "fixed<8,3>");
}

#[test]
fn parameters_of_activations_follow_value_or_input() {
    let auto: &[(&str, &str)] = &[("param", "auto")];
    let mut graph = graph("fixed<8,3>", "", &[("leaky", auto), ("threshold", auto), ("out", auto)]);
    for (name, function) in [("leaky", "LeakyReLU"), ("threshold", "ThresholdedReLU")] {
        let layer = ParametrizedActivation::builder(name).activation(function).activ_param(-0.75);
        graph.add(layer.n_in(8)).unwrap();
    }
    graph.add(PReLU::builder("out").activation("prelu").param(Tensor::vector(vec![0.5f32; 8]))).unwrap();
    infer(&mut graph).unwrap();
    let param = |layer: &str| graph.layer(layer).unwrap().state().precision("param_t").unwrap();
    assert_eq!(param("leaky"), Precision::fixed(3, 1));
    assert_eq!(param("threshold"), Precision::fixed(10, 4), "that of its input");
    assert_eq!(
        graph.layer("out").unwrap().state().weight("param").unwrap().precision(),
        Precision::fixed(10, 4)
    );
}

#[test]
fn constants_that_are_left_over_are_an_error() {
    let mut graph = graph("fixed<8,3>", "", &[]);
    graph.add(Constant::builder("c").value(Tensor::vector(vec![1f32]))).unwrap();
    graph.add(Activation::builder("out").activation("relu").inputs(["x"])).unwrap();
    let error = infer(&mut graph).unwrap_err();
    assert!(error.to_string().contains("layer `c`: expected layers with an input"), "{error}");
}

#[test]
fn a_default_that_is_open_itself_does_not_settle() {
    let mut graph = graph("auto", "", &[]);
    graph.config.precision.model.insert("default".to_owned(), Some("auto".to_owned()));
    graph.add(Activation::builder("out").activation("relu")).unwrap();
    assert!(matches!(infer(&mut graph), Err(FlowError::Unsettled { .. })));
}
