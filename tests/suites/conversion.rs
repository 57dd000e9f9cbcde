//! From what a converter gives to a backend, and from there to another one.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::graph::FlowOptions;
use hls4rs::prelude::*;
use hls4rs::{ConvertError, PredictOptions, RetargetError, RetargetOptions};
use hls4rs_tests::{attributes, layer_list};
use serde_json::json;

/// Backends whose C++ the emulator computes, with an interface of each.
const TARGETS: [(&str, &str); 7] = [
    ("Vivado", "io_parallel"),
    ("Vivado", "io_stream"),
    ("Vitis", "io_parallel"),
    ("Vitis", "io_stream"),
    ("Quartus", "io_parallel"),
    ("Catapult", "io_parallel"),
    ("oneAPI", "io_stream"),
];

fn built(backend: &str, io_type: &str) -> Model {
    hls4rs::build(layer_list(backend, io_type)).unwrap().0
}

fn retargeted(model: &Model, backend: &str, io_type: &str) -> Model {
    hls4rs::retarget(model, &RetargetOptions::new(backend).with_io_type(io_type)).unwrap().0
}

fn refusal(model: &Model, options: &RetargetOptions) -> ConvertError {
    hls4rs::retarget(model, options).map(drop).unwrap_err()
}

/// What the layers hold.
fn states(model: &Model) -> Vec<(&str, &Attributes)> {
    model.graph.layers().map(|(name, layer)| (name, &layer.state().attributes)).collect()
}

#[test]
fn a_list_becomes_a_model_of_each_backend() {
    for (backend, io_type) in TARGETS {
        let model = built(backend, io_type);
        assert_eq!(model.graph.config.backend(), backend);
        let record = model.graph.applied_flows();
        let flow = hls4rs::expect_backend(backend).unwrap().saved_flow().name;
        assert!(record.iter().any(|group| group.contains_key(flow)), "{backend}: {record:?}");
        let found = model.graph.verify();
        assert!(found.iter().all(|found| found.severity != Severity::Error), "{backend}: {found:?}");
    }
}

#[test]
fn retargeting_is_converting_for_the_target() {
    for (from, io_type) in TARGETS {
        let model = built(from, io_type);
        let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
        let model = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        for (to, io_type) in TARGETS {
            let (found, expected) = (retargeted(&model, to, io_type), built(to, io_type));
            // the options are complete then, as those that hls4ml's converter writes
            assert_eq!(found.graph, retargeted(&expected, to, io_type).graph, "{from} to {to}");
            assert_eq!(states(&found), states(&expected), "{from} to {to}");
        }
    }
}

#[test]
fn what_was_converted_is_predicted() {
    let input = Tensor::new(&[2, 4], vec![0.5f32, -1.25, 2.0, 0.0, 1.0, 1.0, 1.0, 1.0]).unwrap();
    // Dense with weights of 0.5 and a bias of 1, then ReLU
    let expected = [vec![1.625f32; 3], vec![3.0; 3]].concat();
    for (backend, io_type) in TARGETS.iter().filter(|(backend, _)| *backend != "oneAPI") {
        let model = built(backend, io_type);
        let prediction =
            hls4rs::predict(&model, std::slice::from_ref(&input), PredictOptions::default()).unwrap();
        let found: Vec<f32> = prediction.outputs[0].view::<f32>().unwrap().iter().copied().collect();
        assert_eq!(found, expected, "{backend} {io_type}");
    }
}

#[test]
fn edits_are_not_lost_in_silence() {
    let mut model = built("Vivado", "io_parallel");
    model.graph.set_precision("fc1", "result", "fixed<18,8>".parse().unwrap()).unwrap();
    let error = refusal(&model, &RetargetOptions::new("Vitis"));
    assert!(matches!(error, ConvertError::Retarget(RetargetError::Edited { .. })), "{error}");
    assert!(error.to_string().contains("fc1") && error.help().is_some(), "{error}");
}

#[test]
fn what_cannot_be_retargeted_says_why() {
    let without = Model { source: None, ..built("Vivado", "io_parallel") };
    let error = refusal(&without, &RetargetOptions::new("Vitis"));
    assert!(matches!(error, ConvertError::Retarget(RetargetError::NoSource)), "{error}");
    assert!(error.help().is_some());
    let error = refusal(&built("Vivado", "io_parallel"), &RetargetOptions::new("Vivada"));
    assert!(error.to_string().starts_with("backend: expected one of `Vivado`, "), "{error}");
}

#[test]
fn a_layer_that_is_unknown_or_lacks_something_is_named() {
    let mut list = layer_list("Vivado", "io_parallel");
    list.layers[1].insert("class_name", "Dens");
    let error = hls4rs::build(list).map(drop).unwrap_err();
    assert!(error.to_string().contains("fc1") && error.to_string().contains("Dens"), "{error}");
    let mut list = layer_list("Vivado", "io_parallel");
    list.layers[1].remove("n_out");
    let error = hls4rs::build(list).map(drop).unwrap_err();
    assert!(error.to_string().contains("fc1") && error.to_string().contains("n_out"), "{error}");
}

#[test]
fn flows_are_found_by_name_and_change_nothing_again() {
    let mut model = built("Vivado", "io_parallel");
    let before = model.clone();
    let error = hls4rs::apply_flow(&mut model.graph, "vivado:optimise", &mut FlowOptions::default());
    assert!(error.map(drop).unwrap_err().to_string().contains("`vivado:optimize`"));
    hls4rs::apply_flow(&mut model.graph, "vivado:optimize", &mut FlowOptions::default()).unwrap();
    assert_eq!(states(&model), states(&before));
}

/// hls4ml 1.3.0 refuses such models; its development branch takes them.
#[test]
fn a_border_of_zeros_needs_no_bits() {
    let bits = |values: [i8; 3]| {
        let arrays = values.map(|value| Attribute::Array(Tensor::new(&[1], vec![value]).unwrap()));
        Attribute::List(arrays.to_vec())
    };
    let quantizer = |name: &str, input: &str, mask: [i8; 3]| {
        let mut layer = attributes(json!({
            "name": name, "class_name": "FixedPointQuantizer", "inputs": [input],
            "RND": "TRN", "SAT": "WRAP", "fusible": true, "overrides": {},
        }));
        layer.insert("mask_kbi", bits(mask));
        layer
    };
    let mut list = layer_list("Vivado", "io_parallel");
    list.layers = vec![
        attributes(json!({"name": "x", "class_name": "InputLayer", "input_shape": [4, 2]})),
        quantizer("narrow", "x", [1, 6, 3]),
        attributes(json!({
            "name": "pad", "class_name": "ZeroPadding1D", "inputs": ["narrow"], "data_format": "channels_last",
            "pad_left": 1, "pad_right": 2, "in_width": 4, "out_width": 7, "n_chan": 2,
        })),
        quantizer("out", "pad", [1, 8, 3]),
    ];
    list.outputs = vec!["out".into()];
    let (model, _) = hls4rs::build(list).unwrap();
    let precision = model.graph.layer("pad").unwrap().result_t().unwrap().precision;
    assert_eq!(precision, Precision::fixed(6, 3));
    let input =
        Tensor::new(&[1, 8], (0..8).map(|i| f32::from(i8::try_from(i).unwrap()) / 8.0 - 0.5).collect());
    let plan = hls4rs::plan(&model).unwrap();
    let found = plan.predict(&[input.unwrap()], PredictOptions::default()).unwrap();
    let found: Vec<f64> = found.outputs[0].iter_f64().unwrap().collect();
    let inside = [-0.5, -0.375, -0.25, -0.125, 0.0, 0.125, 0.25, 0.375];
    assert_eq!(found, [&[0.0; 2][..], &inside, &[0.0; 4]].concat());
}
