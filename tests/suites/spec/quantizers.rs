//! Q: quantizers beside the graph.

use std::path::Path;

use hls4rs::archive::member::{LAYERS, QUANTIZERS};
use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use serde_json::{Value, json};

use super::{read, refusal, saved};

const MANIFEST: &str = "hls4rs/manifest.json";

/// A model with quantizers of QKeras in attributes and in weights.
fn quantized() -> Model {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources/qkeras_cnn.h5");
    hls4rs::convert(source, &Attributes::new()).unwrap().model
}

fn options() -> SaveOptions {
    SaveOptions::default().with_without_qkeras(true)
}

fn edited(edit: impl FnOnce(&mut Value)) -> Archive {
    Archive::saved(&quantized(), &options()).edited(QUANTIZERS, edit).without(MANIFEST)
}

fn mentions_qkeras(layers: &Value) -> bool {
    layers.to_string().contains("hls4ml.model.quantizers.QKeras")
}

#[test]
fn q1_quantizers_are_beside_the_graph_if_asked_for() {
    let model = quantized();
    assert!(!saved(&model).has(QUANTIZERS) && mentions_qkeras(&saved(&model).json(LAYERS)));
    let beside = Archive::saved(&model, &options());
    let layers = beside.json(LAYERS);
    assert!(!mentions_qkeras(&layers));
    let attributes = &layers["conv_1"]["state"]["attributes"];
    assert_eq!(attributes["weight_quantizer"], Value::Null);
    assert_eq!(attributes["weight"]["state"]["quantizer"], Value::Null);
    let quantizers = beside.json(QUANTIZERS);
    let class = |object: &Value| object["class_name"].as_str().unwrap().to_owned();
    for key in ["weight_quantizer", "weight"] {
        assert_eq!(class(&quantizers["conv_1"][key]), "hls4ml.model.quantizers.QKerasQuantizer", "{key}");
    }
    assert!(!Archive::saved(&super::optimized(), &options()).has(QUANTIZERS));
}

#[test]
fn q2_they_are_put_back() {
    let model = quantized();
    assert_eq!(read(&Archive::saved(&model, &options())), model);
    let start = "member `hls4rs/quantizers.json`: ";
    for (edit, expected) in [
        (json!([]), "expected a map of layers, found a list"),
        (json!({"conv_1": 1}), "`conv_1`: expected a map, found an integer"),
        (json!({"nobody": {}}), "expected layers of the graph, found `nobody`"),
        (
            json!({"conv_1": {"mystery": {}}}),
            "`conv_1`, `mystery`: expected null in its place, found no room for one",
        ),
        (
            json!({"conv_1": {"n_filt": {}}}),
            "`conv_1`, `n_filt`: expected null in its place, found another quantizer",
        ),
    ] {
        let message = refusal(&edited(|quantizers| *quantizers = edit).pack());
        assert_eq!(message, format!("{start}{expected}"));
    }
}

#[test]
fn q3_models_that_need_them_or_would_lose_them_are_not_written_so() {
    let refused = |model: &Model, options: &SaveOptions| model.to_bytes(options).unwrap_err().to_string();
    let message = refused(&super::model(), &options());
    assert!(message.contains("expected a model behind a backend's flow `optimize`"), "{message}");
    let message = refused(&quantized(), &options().with_plain(true));
    assert!(message.contains("expected a place for quantizers, found `plain`"), "{message}");
}
