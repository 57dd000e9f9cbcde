//! Models built in code.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::layers::layers::{Activation, Dense, Input};
use hls4rs::prelude::*;
use serde_json::{Value, json};

/// `x → fc1 → relu → fc2`, with weights that differ from each other.
#[must_use]
pub fn three_layers() -> ModelGraph {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], ["fc2"]);
    graph.add(Input::builder("x").input_shape([4])).unwrap();
    graph.add(Dense::builder("fc1").n_in(4).n_out(3).weight(ramp(&[4, 3])).bias(ramp(&[3]))).unwrap();
    graph.add(Activation::builder("relu").activation("relu")).unwrap();
    graph.add(Dense::builder("fc2").n_in(3).n_out(2).weight(ramp(&[3, 2]))).unwrap();
    graph
}

/// What a converter gives for `x → fc1 → relu`: 4 inputs, weights of 0.5, biases of 1, 3 outputs.
#[must_use]
pub fn layer_list(backend: &str, io_type: &str) -> LayerList {
    let layers = [
        json!({"name": "x", "class_name": "InputLayer", "input_shape": [4], "inputs": ["input"]}),
        json!({"name": "fc1", "class_name": "Dense", "n_in": 4, "n_out": 3, "use_bias": true, "inputs": ["x"]}),
        json!({"name": "relu", "class_name": "Activation", "activation": "relu", "n_in": 3, "inputs": ["fc1"]}),
    ];
    let mut layers: Vec<Attributes> = layers.into_iter().map(attributes).collect();
    layers[1].insert("weight_data", Tensor::new(&[4, 3], vec![0.5f32; 12]).unwrap());
    layers[1].insert("bias_data", Tensor::new(&[3], vec![1.0f32; 3]).unwrap());
    let mut options = options(json!({"Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1}}));
    options.insert("Backend", backend);
    options.insert("IOType", io_type);
    LayerList { options, layers, inputs: vec!["x".into()], outputs: vec!["relu".into()] }
}

/// [`three_layers`] with the accumulators that backends add, so that it can be predicted with.
#[must_use]
pub fn runnable() -> ModelGraph {
    let mut graph = three_layers();
    for name in ["fc1", "fc2"] {
        let ty = NamedType::new(format!("{name}_accum_t"), Precision::fixed(16, 6));
        graph.layer_mut(name).unwrap().state_mut().attributes.insert("accum_t", ty);
    }
    graph
}

/// An array of that shape: zero, then steps of an eighth, up and down.
#[must_use]
pub fn ramp(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    Tensor::new(shape, (0..n).map(|i| sign(i) * i as f32 / 8.0).collect()).unwrap()
}

/// Attributes from a map of JSON.
#[must_use]
pub fn attributes(map: Value) -> Attributes {
    serde_json::from_value(map).unwrap()
}

/// The converter's options around this `HLSConfig`, for Vivado and `io_parallel`.
#[must_use]
pub fn options(hls: Value) -> Attributes {
    attributes(
        json!({"ProjectName": "myproject", "Backend": "Vivado", "IOType": "io_parallel", "HLSConfig": hls}),
    )
}

/// The configuration that follows from this `HLSConfig`.
#[must_use]
pub fn config(hls: Value) -> Config {
    Config::from_options(options(hls), "vivado:ip").unwrap()
}
