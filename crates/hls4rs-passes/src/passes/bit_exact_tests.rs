//! Tests of the passes that work on quantizers of HGQ.

use hls4rs_graph::{Config, FlowOptions, FlowReport, ModelGraph};
use hls4rs_layers::layers::{Activation, Dense, FixedPointQuantizer, Input, Reshape};
use hls4rs_types::{Attribute, Attributes, Precision, Tensor};

use crate::{CONVERT, Mask};

/// A mask of so many elements.
fn mask(elements: &[(i8, i8, i8)]) -> Attribute {
    let plane = |part: fn(&(i8, i8, i8)) -> i8| {
        let values = elements.iter().map(part).collect::<Vec<_>>();
        let shape: &[usize] = if values.len() == 1 { &[1] } else { &[1, values.len()] };
        Attribute::from(Tensor::new(shape, values).unwrap())
    };
    Attribute::List(vec![plane(|m| m.0), plane(|m| m.1), plane(|m| m.2)])
}

fn quantizer(name: &str, input: &str, modes: [&str; 2], elements: &[(i8, i8, i8)]) -> hls4rs_layers::Draft {
    let quantizer = FixedPointQuantizer::builder(name).inputs([input]).RND(modes[0]).SAT(modes[1]);
    quantizer
        .with("overrides", Attribute::Null)
        .with("fusible", Attribute::Null)
        .with("mask_kbi", mask(elements))
        .build()
}

fn graph(outputs: &[&str], layers: Vec<hls4rs_layers::Draft>) -> ModelGraph {
    let mut config = Config::default();
    config.precision.model.insert("default".to_owned(), Some("auto".to_owned()));
    let mut graph = ModelGraph::new(config);
    graph.set_io(["x"], outputs.iter().copied());
    graph.add(Input::builder("x").input_shape([2])).unwrap();
    for layer in layers {
        graph.add(layer).unwrap();
    }
    graph
}

fn dense(name: &str, input: &str, weights: Vec<f32>) -> hls4rs_layers::Draft {
    let n_out = i64::try_from(weights.len() / 2).unwrap();
    let weights = Tensor::new(&[2, weights.len() / 2], weights).unwrap();
    Dense::builder(name).inputs([input]).n_in(2).n_out(n_out).weight(weights).build()
}

fn convert(graph: &mut ModelGraph) -> FlowReport {
    graph.apply_steps(&CONVERT, &mut FlowOptions::default()).unwrap()
}

fn result(graph: &ModelGraph, layer: &str) -> String {
    graph.node(layer).unwrap().output_precision().unwrap().to_string()
}

#[test]
fn uniform_quantizers_go_into_the_layer_before_them() {
    let mut graph = graph(
        &["q_out"],
        vec![
            quantizer("q_in", "x", ["TRN", "WRAP"], &[(1, 6, 3)]),
            dense("fc", "q_in", vec![0.5, 1.0, -1.5, 0.0]),
            quantizer("q_out", "fc", ["RND", "SAT"], &[(0, 5, 2)]),
        ],
    );
    convert(&mut graph);
    assert_eq!(graph.layers().map(|(name, _)| name).collect::<Vec<_>>(), ["x", "fc"]);
    assert_eq!(result(&graph, "x"), "fixed<6,3,TRN,WRAP,0>");
    assert_eq!(result(&graph, "fc"), "ufixed<5,2,RND,SAT,0>");
    let weight = graph.layer("fc").unwrap().state().weight("weight").unwrap().clone();
    assert_eq!(
        (weight.ty.name.as_str(), weight.precision().to_string().as_str()),
        ("fc_weight_t", "fixed<3,2,TRN,WRAP,0>")
    );
    assert_eq!(graph.config.precision.layer_name["fc_weight"].as_deref(), Some("fixed<3,2,TRN,WRAP,0>"));
}

#[test]
fn what_only_moves_numbers_passes_a_precision_on_without_its_modes() {
    let mut graph = graph(
        &["q"],
        vec![
            quantizer("q_in", "x", ["TRN", "WRAP"], &[(1, 6, 3)]),
            dense("fc", "q_in", vec![1.0; 4]),
            Reshape::builder("flat").inputs(["fc"]).target_shape(vec![2i64, 1]).build(),
            quantizer("q", "flat", ["RND", "SAT"], &[(1, 4, 3)]),
        ],
    );
    convert(&mut graph);
    assert_eq!(result(&graph, "fc"), "fixed<4,3,RND,SAT,0>");
    assert_eq!(result(&graph, "flat"), "fixed<4,3,TRN,WRAP,0>");
}

#[test]
fn other_quantizers_stay_and_tell_the_input_its_precision() {
    let mut graph = graph(
        &["relu"],
        vec![
            quantizer("q", "x", ["RND", "SAT"], &[(1, 6, 3), (0, 7, 2)]),
            Activation::builder("relu").inputs(["q"]).activation("relu").build(),
        ],
    );
    convert(&mut graph);
    assert_eq!(result(&graph, "x"), "fixed<9,3,TRN,SAT,0>", "a bit more than the quantizers have, to round");
    assert_eq!(result(&graph, "q"), "fixed<8,3,TRN,WRAP,0>");
    let state = graph.layer("x").unwrap().state();
    assert!(state.is_set("trusted") && state.attributes.contains("_produce_kif"));
    assert!(Mask::is_remembered(graph.node("q").unwrap()));
}

#[test]
fn derivation_is_for_models_with_quantizers_or_on_demand() {
    let layers = || vec![Activation::builder("y").inputs(["x"]).activation("relu").build()];
    let mut plain = graph(&["y"], layers());
    for layer in ["x", "y"] {
        plain.set_precision(layer, "result", Precision::fixed(8, 4)).unwrap();
    }
    assert!(!convert(&mut plain).applied["convert"].contains(&"bit_exact".to_owned()));
    let mut wanted = graph(&["y"], layers());
    let model = Attributes::from([("BitExact", true)]);
    wanted.config.options.insert("HLSConfig", Attributes::from([("Model", Attribute::Map(model))]));
    let error = wanted.apply_steps(&CONVERT, &mut FlowOptions::default()).unwrap_err().to_string();
    assert!(error.contains("bit_exact") && error.contains("2^253"), "{error}");
}

#[test]
fn a_proxy_model_configures_layers_unless_the_user_did() {
    let overrides = Attributes::from([
        ("reuse_factor", Attribute::Int(4)),
        ("parallelization_factor", Attribute::Int(2)),
    ]);
    let layers = Attributes::from([("fc", Attribute::Map(overrides))]);
    let mut quantized = quantizer("q", "x", ["TRN", "WRAP"], &[(1, 6, 3)]);
    quantized.attributes.insert("overrides", Attributes::from([("layers", Attribute::Map(layers))]));
    let fc = dense("fc", "q", vec![1.0; 4]).with("reuse_factor", Attribute::Int(1));
    let linear = Activation::builder("fc_linear").inputs(["fc"]).activation("linear").build();
    let mut graph = graph(&["fc_linear"], vec![quantized, fc, linear]);
    let user = Attributes::from([("ReuseFactor", Attribute::Int(1)), ("reuse_factor", Attribute::Int(1))]);
    let by_name = Attributes::from([("fc", Attribute::Map(user))]);
    graph.config.options.insert("HLSConfig", Attributes::from([("LayerName", Attribute::Map(by_name))]));
    let report = convert(&mut graph);
    let state = graph.layer("fc").unwrap().state();
    assert_eq!((state.int("reuse_factor"), state.int("parallelization_factor")), (Ok(1), Ok(2)));
    assert!(graph.layer("fc_linear").is_none());
    assert!(report.diagnostics.iter().any(|found| found.id == "proxy-config-not-used"));
}
