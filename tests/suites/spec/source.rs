//! K: the model as its converter handed it over.

use hls4rs::archive::member::SOURCE;
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, layer_list};
use serde_json::{Value, json};

use super::{model, read, refusal, saved};

/// The small model with a list beside it.
fn kept() -> Model {
    Model { source: Some(layer_list("Vivado", "io_parallel")), ..model() }
}

fn edited(edit: impl FnOnce(&mut Value)) -> Archive {
    saved(&kept()).edited(SOURCE, edit).without("hls4rs/manifest.json")
}

#[test]
fn k1_the_source_may_be_missing_and_is_not_plain() {
    assert!(saved(&kept()).has(SOURCE) && !saved(&model()).has(SOURCE));
    let plain = Archive::saved(&kept(), &SaveOptions::default().with_plain(true));
    assert!(!plain.has(SOURCE));
    assert_eq!(read(&saved(&kept())), kept());
    assert_eq!(read(&plain).graph, kept().graph);
}

#[test]
fn k2_its_keys_are_of_their_types() {
    for key in ["options", "layers"] {
        let missing = edited(|source| drop(source.as_object_mut().unwrap().remove(key)));
        let message = refusal(&missing.pack());
        assert!(message.starts_with("member `hls4rs/source_arch.json`: "), "{message}");
    }
    for (key, wrong) in [
        ("options", json!([])),
        ("layers", json!({})),
        ("layers", json!([1])),
        ("inputs", json!(1)),
        ("outputs", json!([1])),
    ] {
        let message = refusal(&edited(|source| source[key] = wrong.clone()).pack());
        assert!(message.starts_with("member `hls4rs/source_arch.json`: "), "{key}: {message}");
        assert!(message.contains(key), "{key}: {message}");
    }
}

#[test]
fn k3_arrays_are_references_and_shared_with_the_graph() {
    let (built, _) = hls4rs::build(layer_list("Vivado", "io_parallel")).unwrap();
    let archive = saved(&built);
    let layers = archive.json(SOURCE)["layers"].clone();
    let reference = layers[1]["weight_data"].as_str().unwrap();
    let member = reference.strip_prefix("@ndarray:").unwrap();
    assert!(archive.has(member), "{reference}");
    // the weights of the graph are the same array
    let names = archive.members.iter().map(|(name, _)| name.as_str());
    assert_eq!(names.filter(|name| name.ends_with(".npy")).count(), 2, "weights and biases");
    assert_eq!(read(&archive), built);
}
