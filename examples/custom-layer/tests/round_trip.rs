//! The layer and the quantizer go through the graph, the archive, the edits and the printed form like hls4ml's own.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use custom_layer::{Log2Quantizer, Reverse};
use hls4rs::layers::layers::{Dense, Input};
use hls4rs::prelude::*;
use hls4rs::types::{AnyQuantizer, WeightForm};

/// `x → flip → fc`, the weights of `fc` powers of two.
fn model() -> Model {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], ["fc"]);
    graph.add(Input::builder("x").input_shape([2])).unwrap();
    graph.add(Reverse::builder("flip").axis(0)).unwrap();
    let weight = Tensor::new(&[2, 2], vec![0.9f32, -0.3, 0.0, 5.0]).unwrap();
    let quantizer = AnyQuantizer::new(Log2Quantizer { bits: 4 });
    graph.add(Dense::builder("fc").n_in(2).n_out(2).weight(weight).weight_quantizer(quantizer)).unwrap();
    assert_eq!(graph.verify(), []);
    Model::new(graph)
}

/// The model after it was saved and opened.
fn reopened(model: &Model, name: &str) -> Model {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    model.save(&path).unwrap();
    hls4rs::open(&path).unwrap()
}

#[test]
fn the_quantizer_is_applied_to_the_weights() {
    let model = model();
    let weight = model.graph.layer("fc").unwrap().state().weight("weight").unwrap();
    assert_eq!(weight.data, Tensor::new(&[2, 2], vec![1.0f32, -0.25, 0.003_906_25, 4.0]).unwrap());
    assert_eq!(weight.form, WeightForm::Exponent);
    assert_eq!(weight.precision().width(), 4);
}

#[test]
fn archives_load_as_these_types() {
    let model = model();
    let reopened = reopened(&model, "types.fml");
    assert_eq!(reopened, model);
    let flip = reopened.graph.layer("flip").unwrap();
    assert!(flip.is_known());
    assert_eq!(flip.spec().class_name, Reverse::SPEC.class_name);
    let fc = reopened.graph.layer("fc").unwrap().state();
    let quantizer = fc.get("weight_quantizer").unwrap().as_quantizer().unwrap();
    assert!(quantizer.as_known().is_some());
    assert_eq!(*quantizer, AnyQuantizer::new(Log2Quantizer { bits: 4 }));
    assert_eq!(reopened.graph.verify(), []);
}

#[test]
fn attributes_are_checked() {
    let mut model = model();
    model.graph.layer_mut("flip").unwrap().state_mut().attributes.insert("axis", "last");
    let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
    let error = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap_err().to_string();
    assert!(
        error.ends_with("flip (Reverse): attribute `axis`: expected an integer, found the string \"last\""),
        "{error}"
    );
    let error = model.graph.add(Reverse::builder("again").axis(3)).unwrap_err().to_string();
    assert_eq!(error, "again (Reverse): attribute `axis`: expected an axis from -1 to 0, found 3");
}

#[test]
fn edits_work() {
    let mut model = model();
    model.graph.set_precision("flip", "result", "fixed<10,4>".parse().unwrap()).unwrap();
    let again = model.graph.create(Reverse::builder("again").inputs(["flip"])).unwrap();
    model.graph.insert(again, None, 0).unwrap();
    model.graph.rename("flip", "mirror").unwrap();
    assert_eq!(model.graph.verify(), []);
    let names: Vec<&str> = model.graph.layers().map(|(name, _)| name).collect();
    assert_eq!(names, ["x", "mirror", "again", "fc"]);
    assert_eq!(reopened(&model, "edits.fml"), model);
    model.graph.remove("again").unwrap();
    assert_eq!(model.graph.layer("fc").unwrap().state().inputs, ["mirror"]);
    assert_eq!(model.graph.verify(), []);
}

#[test]
fn printing_shows_both() {
    let text = model().graph.to_string();
    assert!(text.contains("  flip = Reverse(x) as flip {\n"), "{text}");
    assert!(text.contains("    axis = 0\n"), "{text}");
    assert!(text.contains("    weight_quantizer = log2(4 bits)\n"), "{text}");
}
