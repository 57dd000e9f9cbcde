//! L: the layers.

use hls4rs::archive::member::LAYERS;
use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use serde_json::{Value, json};

use super::{archive, read, refusal, saved};

fn edited(edit: impl FnOnce(&mut Value)) -> Archive {
    archive().edited(LAYERS, edit)
}

fn refused(edit: impl FnOnce(&mut Value)) -> String {
    refusal(&edited(edit).pack())
}

#[test]
fn l1_a_layer_is_an_object() {
    for edit in [
        (|layer| layer["more"] = json!(1)) as fn(&mut Value),
        |layer| drop(layer.as_object_mut().unwrap().remove("class_name")),
        |layer| layer["state"] = json!([]),
        |layer| *layer = json!(null),
    ] {
        let refused = refused(|layers| edit(&mut layers["fc1"]));
        assert!(refused.starts_with("member `model_arch.json`: fc1 ("), "{refused}");
    }
    assert!(refusal(&archive().with(LAYERS, "[]").pack()).starts_with("member `model_arch.json`: "));
}

#[test]
fn l2_the_state_has_three_keys_and_may_have_more() {
    for key in ["inputs", "outputs", "attributes"] {
        let remove = |layers: &mut Value| drop(layers["fc1"]["state"].as_object_mut().unwrap().remove(key));
        assert!(refused(remove).contains(key), "{key}");
        assert!(refused(|layers| layers["fc1"]["state"][key] = json!(1)).contains(key), "{key}");
    }
    let text = String::from_utf8(archive().content(LAYERS).to_vec()).unwrap();
    let text = text.replacen("\"state\": {", "\"state\": {\"future\": [1],", 1);
    let saved = saved(&read(&archive().with(LAYERS, text)));
    let state = saved.json(LAYERS)["x"]["state"].clone();
    assert_eq!(state["future"], json!([1]));
    let text = str::from_utf8(saved.content(LAYERS)).unwrap();
    let place = |key: &str| text.find(key).unwrap();
    assert!(place("\"inputs\"") < place("\"attributes\"") && place("\"attributes\"") < place("\"future\""));
}

#[test]
fn l3_attributes_are_in_order() {
    let text = String::from_utf8(archive().content(LAYERS).to_vec()).unwrap();
    let more = r#""attributes": {"z": null, "y": [true, 1, 1.5, "a"], "b": {"d": {}, "c": "@ndarray:fc1_bias_data.npy"},"#;
    let model = read(&archive().with(LAYERS, text.replacen("\"attributes\": {", more, 1)));
    let attributes = &model.graph.layer("x").unwrap().state().attributes;
    assert_eq!(attributes.names().take(3).collect::<Vec<_>>(), ["z", "y", "b"]);
    let map = attributes.get("b").and_then(Attribute::as_map).unwrap();
    assert_eq!(map.names().collect::<Vec<_>>(), ["d", "c"]);
    assert!(matches!(map.get("c"), Some(Attribute::Array(_))));
    assert_eq!(read(&saved(&model)), model);
}

#[test]
fn l4_variables_are_under_their_outputs_name() {
    let model = read(&archive());
    assert!(matches!(model.graph.layer("fc1").unwrap().state().get("fc1"), Some(Attribute::Variable(_))));
    // a Dense layer has an attribute `n_in` itself
    let renamed = edited(|layers| {
        let state = &mut layers["fc1"]["state"];
        state["outputs"] = json!(["n_in"]);
        let attributes = state["attributes"].as_object_mut().unwrap();
        let variable = attributes.remove("fc1").unwrap();
        attributes.insert("__hls4ml_reserved_out_n_in".to_owned(), variable);
        layers["relu"]["state"]["inputs"] = json!(["n_in"]);
    });
    let model = read(&renamed);
    assert_eq!(model.graph.output_variable("n_in").unwrap().shape, [3]);
    assert_eq!(model.graph.layer("fc1").unwrap().state().get("n_in"), Some(&4.into()));
}

#[test]
fn l5_declared_attributes_are_of_their_type() {
    let with = |key: &'static str, value: Value| {
        edited(move |layers| layers["fc1"]["state"]["attributes"][key] = value)
    };
    assert!(refusal(&with("n_in", json!("4")).pack()).contains("fc1 (Dense): attribute `n_in`"));
    assert!(refusal(&with("n_in", json!(null)).pack()).contains("fc1 (Dense): attribute `n_in`"));
    assert!(with("trace", json!(null)).read(&ReadOptions::default()).is_ok());
    let missing = read(&edited(|layers| {
        layers["fc1"]["state"]["attributes"].as_object_mut().unwrap().remove("n_in");
    }));
    assert!(missing.graph.verify().iter().any(|found| found.id == "missing-attribute"));
}

#[test]
fn l6_layers_make_a_graph() {
    for (layer, key, names) in [
        ("fc1", "inputs", json!(["nobody"])),
        ("fc1", "inputs", json!(["fc2"])),
        ("relu", "outputs", json!(["fc1"])),
    ] {
        let wrong = edited(|layers| layers[layer]["state"][key] = names);
        assert!(refusal(&wrong.pack()).starts_with("member `model_arch.json`: "), "{layer}");
        let mut options = ReadOptions::default();
        options.check_structure = false;
        assert!(!wrong.read(&options).unwrap().graph.verify().is_empty(), "{layer}");
    }
    for key in ["inputs", "outputs"] {
        let wrong = archive().edited("graph_state.json", |state| state[key] = json!(["nobody"]));
        assert!(refusal(&wrong.pack()).contains("`nobody`"), "{key}");
    }
}

#[test]
fn l7_some_inputs_need_no_maker() {
    assert_eq!(archive().json(LAYERS)["x"]["state"]["inputs"], json!(["input"]));
    let model = read(&edited(|layers| layers["relu"]["state"]["inputs"] = json!(["fc1", "", "input"])));
    assert_eq!(model.graph.layer("relu").unwrap().state().inputs, ["fc1", "", "input"]);
}

#[test]
fn l8_layers_of_unknown_classes_are_kept() {
    let unknown = edited(|layers| {
        layers["relu"]["class_name"] = json!("nobody.layers.Mystery");
        layers["relu"]["state"]["attributes"]["n_in"] = json!("anything");
    });
    let model = read(&unknown);
    assert!(!model.graph.layer("relu").unwrap().is_known());
    assert_eq!(saved(&model).json(LAYERS)["relu"], unknown.json(LAYERS)["relu"]);
}
