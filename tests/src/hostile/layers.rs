//! Layers that are not what they should be, and layers that make no graph.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use serde_json::{Value, json};

use super::Hostile;
use crate::Archive;

const MEMBER: &str = "model_arch.json";
const MENTION: &str = "member `model_arch.json`";

pub(super) fn cases(archive: &Archive) -> Vec<Hostile> {
    let mut all = graphs(archive);
    all.extend(objects(archive));
    all.extend(attributes(archive));
    let text = String::from_utf8(archive.content(MEMBER).to_vec()).unwrap();
    let twice = text.replacen("\n    \"dense_2\": {", "\n    \"dense_1\": {", 1);
    assert_ne!(twice, text);
    let bytes = archive.clone().with(MEMBER, twice).pack();
    all.push(Hostile::new("two layers of one name", bytes, &[MENTION, "`dense_1` occurs twice"]));
    all
}

fn edited(
    archive: &Archive,
    name: &str,
    mentions: &[&'static str],
    edit: impl FnOnce(&mut Value),
) -> Hostile {
    let mut mentions = mentions.to_vec();
    mentions.push(MENTION);
    Hostile::new(name, archive.clone().edited(MEMBER, edit).pack(), &mentions)
}

/// Connections that make no graph.
fn graphs(archive: &Archive) -> Vec<Hostile> {
    let with = |name, mentions: &[&'static str], layer: &'static str, field: &'static str, names: Value| {
        edited(archive, name, mentions, |layers| layers[layer]["state"][field] = names)
    };
    let mut all = vec![
        with("a cycle", &["`dense_1`", "`dense_3`", "circle"], "dense_1", "inputs", json!(["dense_3"])),
        with("a layer that reads itself", &["`dense_2`", "circle"], "dense_2", "inputs", json!(["dense_2"])),
        with("a dangling input", &["dense_2 (Dense)", "`nobody`"], "dense_2", "inputs", json!(["nobody"])),
        with("two makers", &["`dense_1`", "`dense_2`"], "dense_2", "outputs", json!(["dense_1"])),
        with("an output twice", &["`dense_2`"], "dense_2", "outputs", json!(["dense_2", "dense_2"])),
    ];
    for (field, mention) in [("inputs", "graph input `nobody`"), ("outputs", "graph output `nobody`")] {
        let edit = |state: &mut Value| state[field] = json!(["nobody"]);
        let bytes = archive.clone().edited("graph_state.json", edit).pack();
        all.push(Hostile::new(format!("graph {field} that nobody makes"), bytes, &[mention]));
    }
    all
}

/// Layers that are no objects of `class_name` and `state`.
fn objects(archive: &Archive) -> Vec<Hostile> {
    let with = |name: &str, mentions: &[&'static str], edit: &dyn Fn(&mut Value)| {
        edited(archive, name, mentions, |layers| edit(&mut layers["dense_1"]))
    };
    let remove = |layer: &mut Value, field: &str| {
        layer.as_object_mut().unwrap().remove(field);
    };
    vec![
        with("a layer that is a list", &["dense_1"], &|layer| *layer = json!([])),
        with("a layer that is null", &["dense_1"], &|layer| *layer = json!(null)),
        with("no class", &["dense_1", "class_name"], &|layer| remove(layer, "class_name")),
        with("a class that is a number", &["dense_1", "class_name"], &|layer| layer["class_name"] = json!(1)),
        with("no state", &["dense_1", "state"], &|layer| remove(layer, "state")),
        with("a state that is a list", &["dense_1", "state"], &|layer| layer["state"] = json!([])),
        with("a field too many", &["dense_1", "extra"], &|layer| layer["extra"] = json!(1)),
        with("no inputs", &["dense_1 (Dense)", "inputs"], &|layer| remove(&mut layer["state"], "inputs")),
        with("no attributes", &["dense_1 (Dense)", "attributes"], &|layer| {
            remove(&mut layer["state"], "attributes")
        }),
        with("inputs that are a text", &["dense_1 (Dense)", "inputs"], &|layer| {
            layer["state"]["inputs"] = json!("x")
        }),
        with("outputs that are numbers", &["dense_1 (Dense)", "outputs"], &|layer| {
            layer["state"]["outputs"] = json!([1])
        }),
        with("attributes that are a list", &["dense_1 (Dense)", "attributes"], &|layer| {
            layer["state"]["attributes"] = json!([]);
        }),
    ]
}

/// Attributes that their declarations do not allow.
fn attributes(archive: &Archive) -> Vec<Hostile> {
    let with = |layer: &'static str, mentions: &[&'static str], attribute: &'static str, value: Value| {
        let name = format!("{layer}: {attribute} = {value}");
        edited(archive, &name, mentions, |layers| layers[layer]["state"]["attributes"][attribute] = value)
    };
    let precision =
        json!({"class_name": "hls4ml.model.types.FixedPrecisionType", "state": {"width": "wide"}});
    vec![
        with("dense_1", &["dense_1 (Dense)", "`n_in`"], "n_in", json!("16")),
        with("dense_1", &["dense_1 (Dense)", "`n_out`"], "n_out", json!(1.5)),
        with("dense_1", &["dense_1 (Dense)", "`weight`"], "weight", json!([1, 2])),
        with("dense_1", &["dense_1 (Dense)", "`result_t`"], "result_t", json!("fixed<16,6>")),
        with("dense_1", &["dense_1 (Dense)", "`result_t"], "result_t", precision),
        with("dense_1", &["dense_1 (Dense)", "`trace`"], "trace", json!("false")),
        with("dense_1", &["dense_1 (Dense)", "`index`"], "index", json!(null)),
        with("tanh_2", &["tanh_2 (Activation)", "`activation`"], "activation", json!(7)),
        with("features", &["features (Input)", "`input_shape`"], "input_shape", json!("16")),
        with(
            "dense_4_softmax",
            &["dense_4_softmax (Softmax)", "`reuse_factor`"],
            "reuse_factor",
            json!(true),
        ),
    ]
}
