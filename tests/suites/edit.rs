//! Edits of graphs: connections are right afterwards, and what is not possible changes nothing.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::layers::layers::{Activation, Concatenate, Dense, Input, Reshape};
use hls4rs::prelude::*;
use hls4rs::types::VariableForm;
use hls4rs_tests::{Golden, config, ramp, three_layers};
use serde_json::json;

/// Names of the layers in order, each with what it reads.
fn connections(graph: &ModelGraph) -> Vec<String> {
    let shown = |(name, layer): (&str, &dyn Layer)| format!("{name}({})", layer.state().inputs.join(", "));
    graph.layers().map(shown).collect()
}

/// An activation that reads an output of the graph.
fn activation(graph: &mut ModelGraph, name: &str, input: &str) -> hls4rs::graph::NewLayer {
    graph.create(Activation::builder(name).activation("relu").inputs([input])).unwrap()
}

/// `x → a`, `x → b`, `(a, b) → cat`, and `a` is an output, too.
fn branches() -> ModelGraph {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], ["cat", "a"]);
    graph.add(Input::builder("x").input_shape([4])).unwrap();
    for name in ["a", "b"] {
        graph.add(Activation::builder(name).activation("relu").inputs(["x"])).unwrap();
    }
    graph.add(Concatenate::builder("cat").axis(-1).inputs(["a", "b"])).unwrap();
    assert_eq!(graph.verify(), []);
    graph
}

/// The edit fails with that message and changes nothing.
fn assert_refused<T: std::fmt::Debug>(
    graph: &mut ModelGraph,
    message: &str,
    edit: impl FnOnce(&mut ModelGraph) -> Result<T, GraphError>,
) {
    let before = graph.clone();
    assert_eq!(edit(graph).unwrap_err().to_string(), message);
    assert!(*graph == before, "the graph was changed by an edit that failed: {message}");
}

#[test]
fn insert_puts_a_layer_behind_what_it_reads() {
    let mut graph = three_layers();
    let new = activation(&mut graph, "new", "fc1");
    graph.insert(new, None, 0).unwrap();
    assert_eq!(connections(&graph), ["x(input)", "fc1(x)", "new(fc1)", "relu(new)", "fc2(relu)"]);
    assert_eq!(graph.verify(), []);
}

#[test]
fn insert_at_the_end_takes_over_the_output() {
    let mut graph = three_layers();
    let new = activation(&mut graph, "new", "fc2");
    graph.insert(new, None, 0).unwrap();
    assert_eq!(graph.outputs(), ["new"]);
    assert_eq!(connections(&graph).last().unwrap(), "new(fc2)");
    assert_eq!(graph.verify(), []);
}

#[test]
fn insert_before_a_certain_reader_leaves_the_others() {
    let mut graph = branches();
    let new = activation(&mut graph, "new", "x");
    graph.insert(new, Some("b"), 0).unwrap();
    assert_eq!(connections(&graph), ["x(input)", "new(x)", "a(x)", "b(new)", "cat(a, b)"]);
    let second = activation(&mut graph, "second", "b");
    graph.insert(second, Some("cat"), 1).unwrap();
    assert_eq!(connections(&graph).last().unwrap(), "cat(a, second)");
    assert_eq!(graph.verify(), []);
}

#[test]
fn insert_is_refused_where_it_can_not_be() {
    let mut graph = branches();
    let new = activation(&mut graph, "new", "x");
    let insert = |new: &hls4rs::graph::NewLayer, before: Option<&'static str>, input: usize| {
        let new = new.clone();
        move |graph: &mut ModelGraph| graph.insert(new, before, input)
    };
    let message = "insert `new`: expected a reader of `x`, found `cat`";
    assert_refused(&mut graph, message, insert(&new, Some("cat"), 0));
    let message = "layer `nobody`: expected one of the graph's layers, found none of that name";
    assert_refused(&mut graph, message, insert(&new, Some("nobody"), 0));
    let message = "insert `new`: expected input 1 of `a`, found no such input";
    assert_refused(&mut graph, message, insert(&new, Some("a"), 1));
    let joined = graph.create(Concatenate::builder("joined").axis(-1).inputs(["a", "b"])).unwrap();
    let message = "insert `joined`: expected one input and an output, found 2 and 1";
    assert_refused(&mut graph, message, insert(&joined, None, 0));
    let mut twice = new.clone();
    twice.name = "a".to_owned();
    let message = "layer `a`: the graph already has a layer of that name";
    assert_refused(&mut graph, message, insert(&twice, None, 0));
    let mut dangling = new;
    dangling.layer.state_mut().inputs = vec!["nobody".to_owned()];
    let message = "new (Activation): input `nobody`: expected the output of a layer, found none of that name";
    assert_refused(&mut graph, message, insert(&dangling, None, 0));
}

#[test]
fn remove_connects_the_neighbours() {
    let mut graph = three_layers();
    let removed = graph.remove("relu").unwrap();
    assert_eq!(removed.kind(), "Activation");
    assert_eq!(connections(&graph), ["x(input)", "fc1(x)", "fc2(fc1)"]);
    assert_eq!(graph.verify(), []);
    let mut graph = branches();
    graph.remove("b").unwrap();
    assert_eq!(connections(&graph), ["x(input)", "a(x)", "cat(a, x)"]);
    assert_eq!(graph.verify(), []);
}

#[test]
fn remove_at_the_end_gives_the_output_back() {
    let mut graph = three_layers();
    let new = activation(&mut graph, "new", "fc2");
    graph.insert(new, None, 0).unwrap();
    graph.remove("new").unwrap();
    assert_eq!(graph.outputs(), ["fc2"]);
    assert_eq!(graph.verify(), []);
}

#[test]
fn remove_is_refused_where_it_can_not_be() {
    let mut graph = three_layers();
    let message = "layer `nobody`: expected one of the graph's layers, found none of that name";
    assert_refused(&mut graph, message, |graph| graph.remove("nobody"));
    let message = "remove `fc1`: expected as many elements behind it as before it, found [4] → [3]";
    assert_refused(&mut graph, message, |graph| graph.remove("fc1"));
    let mut graph = branches();
    let message = "remove `cat`: expected at most one input and one output, found 2 and 1";
    assert_refused(&mut graph, message, |graph| graph.remove("cat"));
    graph.set_io(["x"], ["cat", "a", "x"]);
    let message = "remove `a`: expected an input that is not a graph output itself, found `x`";
    assert_refused(&mut graph, message, |graph| graph.remove("a"));
}

#[test]
fn replace_takes_over_readers_and_outputs() {
    let mut graph = three_layers();
    let new = activation(&mut graph, "new", "fc1");
    graph.replace("relu", new).unwrap();
    assert_eq!(connections(&graph), ["x(input)", "fc1(x)", "new(fc1)", "fc2(new)"]);
    let last = Dense::builder("last").n_in(3).n_out(2).weight(ramp(&[3, 2])).inputs(["new"]);
    let last = graph.create(last).unwrap();
    graph.replace("fc2", last).unwrap();
    assert_eq!(graph.outputs(), ["last"]);
    assert_eq!(graph.verify(), []);
}

#[test]
fn replace_is_refused_where_it_can_not_be() {
    let mut graph = branches();
    let new = activation(&mut graph, "new", "x");
    let message = "replace `cat`: expected 2 inputs, found 1 inputs";
    assert_refused(&mut graph, message, |graph| graph.replace("cat", new.clone()));
    let message = "layer `nobody`: expected one of the graph's layers, found none of that name";
    assert_refused(&mut graph, message, |graph| graph.replace("nobody", new.clone()));
    let mut twice = new.clone();
    twice.name = "b".to_owned();
    let message = "layer `b`: the graph already has a layer of that name";
    assert_refused(&mut graph, message, |graph| graph.replace("a", twice));
}

#[test]
fn split_puts_two_in_the_place_of_one() {
    let mut graph = three_layers();
    let first = activation(&mut graph, "first", "fc1");
    let mut second = activation(&mut graph, "second", "fc1");
    second.layer.state_mut().inputs = vec!["first".to_owned()];
    let message = "layer `first`: the graph already has a layer of that name";
    let mut twice = second.clone();
    twice.name = "first".to_owned();
    assert_refused(&mut graph, message, |graph| graph.split("relu", first.clone(), twice));
    graph.split("relu", first, second).unwrap();
    assert_eq!(connections(&graph), ["x(input)", "fc1(x)", "first(fc1)", "second(first)", "fc2(second)"]);
    assert_eq!(graph.verify(), []);
}

#[test]
fn split_is_refused_where_it_can_not_be() {
    let mut graph = branches();
    let (first, second) = (activation(&mut graph, "first", "x"), activation(&mut graph, "second", "x"));
    let message = "split `a`: expected a second layer that reads `first`, found x";
    assert_refused(&mut graph, message, |graph| graph.split("a", first.clone(), second.clone()));
    let message = "split `cat`: expected 2 inputs, found 1 inputs";
    assert_refused(&mut graph, message, |graph| graph.split("cat", first.clone(), second));
}

#[test]
fn rename_is_followed_by_connections_and_configuration() {
    let hls = json!({
        "Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1},
        "LayerName": {"Fc1": {"Precision": {"weight": "fixed<8,3>"}, "ReuseFactor": 2, "Strategy": "Resource"}},
    });
    let mut graph = ModelGraph::new(config(hls));
    graph.set_io(["x"], ["Fc1"]);
    graph.add(Input::builder("x").input_shape([4])).unwrap();
    graph.add(Dense::builder("Fc1").n_in(4).n_out(2).weight(ramp(&[4, 2]))).unwrap();
    graph.rename("Fc1", "Second").unwrap();
    graph.rename("x", "first").unwrap();
    assert_eq!((graph.inputs(), graph.outputs()), (&["first".to_owned()][..], &["Second".to_owned()][..]));
    assert_eq!(connections(&graph), ["first(input)", "Second(first)"]);
    let id = hls4rs::layers::LayerId { name: "Second", kind: "Dense" };
    let config = &graph.config;
    assert_eq!(config.precision(id, "weight").unwrap().0, "fixed<8,3>".parse().unwrap());
    assert_eq!((config.reuse_factor(id), config.strategy(id)), (Some(2), "resource"));
    assert_eq!(config.layer_config(id).len(), 3);
    let old = hls4rs::layers::LayerId { name: "Fc1", kind: "Dense" };
    assert_eq!((config.reuse_factor(old), config.layer_config(old).len()), (Some(1), 0));
    assert_eq!(graph.verify(), []);
}

#[test]
fn rename_is_refused_where_it_can_not_be() {
    let mut graph = branches();
    let nobody = "layer `nobody`: expected one of the graph's layers, found none of that name";
    assert_refused(&mut graph, nobody, |graph| graph.rename("nobody", "new"));
    let twice = "layer `b`: the graph already has a layer of that name";
    assert_refused(&mut graph, twice, |graph| graph.rename("a", "b"));
    let reserved = "rename `a`: expected a name that is not reserved, found `input`";
    assert_refused(&mut graph, reserved, |graph| graph.rename("a", "input"));
    let empty = "rename `a`: expected a name that is not reserved, found ``";
    assert_refused(&mut graph, empty, |graph| graph.rename("a", ""));
}

#[test]
fn precision_follows_to_all_that_shows_it() {
    let mut graph = three_layers();
    let precision: Precision = "fixed<10,4,RND,SAT>".parse().unwrap();
    for slot in ["result", "weight"] {
        graph.set_precision("fc1", slot, precision).unwrap();
    }
    let state = graph.layer("fc1").unwrap().state();
    assert_eq!(state.variable("fc1").unwrap().precision(), precision);
    assert_eq!(state.weight("weight").unwrap().precision(), precision);
    assert!(["result_t", "weight_t"].iter().all(|slot| state.precision(slot) == Some(precision)));
    assert_ne!(state.weight("bias").unwrap().precision(), precision);
    assert_ne!(graph.layer("relu").unwrap().state().precision("result_t"), Some(precision));
    assert_eq!(graph.verify(), []);
}

#[test]
fn precision_follows_to_memory_in_place() {
    let mut graph = three_layers();
    let reshape = Reshape::builder("reshape").target_shape(vec![1i64, 3]).inputs(["relu"]);
    let mut reshape = graph.create(reshape).unwrap();
    let input = Box::new(graph.output_variable("relu").unwrap().clone());
    if let Some(Attribute::Variable(variable)) = reshape.layer.state_mut().attributes.get_mut("reshape") {
        variable.form = VariableForm::Inplace { input };
    }
    graph.insert(reshape, None, 0).unwrap();
    graph.set_precision("relu", "result", Precision::fixed(9, 3)).unwrap();
    let reshaped = graph.output_variable("reshape").unwrap();
    let VariableForm::Inplace { input } = &reshaped.form else { panic!("{reshaped:?}") };
    assert_eq!((reshaped.precision(), input.precision()), (Precision::fixed(9, 3), Precision::fixed(9, 3)));
    let result = graph.layer("reshape").unwrap().result_t().unwrap();
    assert_eq!(result.precision, Precision::fixed(9, 3));
}

#[test]
fn precision_is_refused_where_there_is_none() {
    let mut graph = three_layers();
    let nobody = "layer `nobody`: expected one of the graph's layers, found none of that name";
    assert_refused(&mut graph, nobody, |graph| graph.set_precision("nobody", "result", Precision::Xnor));
    let expected = "set precision of `relu`: expected one of the slots result, found `weight`";
    assert_refused(&mut graph, expected, |graph| graph.set_precision("relu", "weight", Precision::Xnor));
}

#[test]
fn adding_is_refused_where_it_can_not_be() {
    let mut graph = three_layers();
    let dense = |name: &str| Dense::builder(name).n_in(2).n_out(2).weight(ramp(&[2, 2]));
    let twice = "layer `fc1`: the graph already has a layer of that name";
    assert_refused(&mut graph, twice, |graph| graph.add(dense("fc1")));
    let reserved = "input (Dense): the name `input` is reserved for what the input layers read";
    assert_refused(&mut graph, reserved, |graph| graph.add(dense("input")));
    let dangling = "new (Dense): input `nobody`: no layer before this one has such an output";
    assert_refused(&mut graph, dangling, |graph| graph.add(dense("new").inputs(["nobody"])));
    let arity = "new (Dense): expected one input, found 2";
    assert_refused(&mut graph, arity, |graph| graph.add(dense("new").inputs(["fc1", "fc2"])));
    let missing = "new (Dense): attribute `n_out`: expected an integer, found none";
    assert_refused(&mut graph, missing, |graph| graph.add(Dense::builder("new").n_in(2)));
}

#[test]
fn a_golden_is_edited_and_survives() {
    let golden = Golden::named("mlp-vivado-io_parallel");
    let mut model = golden.model().clone();
    let graph = &mut model.graph;
    let new = activation(graph, "extra_relu", "dense_3");
    graph.insert(new, Some("dense_3_sigmoid"), 0).unwrap();
    for slot in ["result", "accum"] {
        graph.set_precision("dense_3", slot, Precision::fixed(18, 8)).unwrap();
    }
    graph.rename("dense_3", "third").unwrap();
    graph.remove("tanh_2").unwrap();
    let fourth = graph.layer("dense_4").unwrap().state();
    let copy =
        ["n_in", "n_out", "weight_data", "bias_data"].map(|name| (name, fourth.get(name).unwrap().clone()));
    let draft = copy
        .into_iter()
        .fold(Dense::builder("fourth").build(), |draft, (name, value)| draft.with(name, value));
    let fourth = graph.create(draft.inputs(["dense_3_sigmoid"])).unwrap();
    graph.replace("dense_4", fourth).unwrap();
    assert_eq!(graph.verify(), []);
    let expected = [
        "features(input)",
        "dense_1(features)",
        "dense_1_relu(dense_1)",
        "dense_2(dense_1_relu)",
        "third(dense_2)",
        "extra_relu(third)",
        "dense_3_sigmoid(extra_relu)",
        "fourth(dense_3_sigmoid)",
        "dense_4_softmax(fourth)",
    ];
    assert_eq!(connections(graph), expected);
    let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
    assert!(Model::from_bytes(&bytes, &ReadOptions::default()).unwrap() == model);
    assert!(*golden.model() != model);
}
