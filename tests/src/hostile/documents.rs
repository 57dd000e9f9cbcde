//! Fields of `version.json`, `config.json` and `graph_state.json` that are not what they should be.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use serde_json::{Value, json};

use super::Hostile;
use crate::Archive;

pub(super) fn cases(archive: &Archive) -> Vec<Hostile> {
    let mut all = versions(archive);
    let with = |member: &'static str, mention: &'static str, field: &'static str, value: Value| {
        let name = format!("{member}: {field} = {value}");
        let bytes = archive.clone().edited(member, |document| document[field] = value).pack();
        Hostile::new(name, bytes, &[mention, field])
    };
    for (field, value) in fields_of_config() {
        all.push(with("config.json", "member `config.json`", field, value));
    }
    for (field, value) in fields_of_state() {
        all.push(with("graph_state.json", "member `graph_state.json`", field, value));
    }
    for (member, mention) in [
        ("config.json", "member `config.json`: expected the field `flows`"),
        ("graph_state.json", "member `graph_state.json`: expected the field `index`"),
    ] {
        let bytes = archive.clone().edited(member, |document| {
            let map = document.as_object_mut().unwrap();
            map.remove(if member == "config.json" { "flows" } else { "index" });
        });
        all.push(Hostile::new(format!("{member}: a field missing"), bytes.pack(), &[mention]));
    }
    all
}

fn versions(archive: &Archive) -> Vec<Hostile> {
    let with = |version: Value, key: &'static str| {
        let bytes = archive.clone().with("version.json", version.to_string()).pack();
        Hostile::new(format!("version {version}"), bytes, &["member `version.json`", key])
    };
    vec![
        with(json!({"hls4ml": "1.3.0", "model_graph": "2"}), "`model_graph`"),
        with(json!({"hls4ml": "1.3.0", "model_graph": "1.0"}), "`model_graph`"),
        with(json!({"hls4ml": "1.3.0", "model_graph": 1}), "`model_graph`"),
        with(json!({"hls4ml": "1.3.0", "model_graph": null}), "`model_graph`"),
        with(json!({"hls4ml": "1.3.0"}), "`model_graph`"),
        with(json!({"hls4ml": "9.0.0", "model_graph": "1"}), "`hls4ml`"),
        with(json!({"hls4ml": "1.1.0", "model_graph": "1"}), "`hls4ml`"),
        with(json!({"hls4ml": "latest", "model_graph": "1"}), "`hls4ml`"),
        with(json!({"hls4ml": "", "model_graph": "1"}), "`hls4ml`"),
        with(json!({"hls4ml": [1, 3, 0], "model_graph": "1"}), "`hls4ml`"),
        with(json!({"model_graph": "1"}), "`hls4ml`"),
    ]
}

/// One value of another kind for every field of the configuration.
fn fields_of_config() -> Vec<(&'static str, Value)> {
    vec![
        ("config", json!([])),
        ("model_precision", json!("fixed<16,6>")),
        ("layer_type_precision", json!({"dense_default": 16})),
        ("layer_name_precision", json!({"dense_1_weight": {"width": 16}})),
        ("model_rf", json!("1")),
        ("layer_type_rf", json!({"dense": 1.5})),
        ("layer_name_rf", json!({"dense_1": null})),
        ("model_targ_cycles", json!(1.5)),
        ("layer_type_targ_cycles", json!(7)),
        ("layer_name_targ_cycles", json!([1])),
        ("model_strategy", json!(true)),
        ("layer_type_strategy", json!({"dense": 1})),
        ("layer_name_strategy", json!({"dense_1": ["latency"]})),
        ("model_conv_implementation", json!(0)),
        ("layer_type_conv_implementation", json!("LineBuffer")),
        ("layer_name_conv_implementation", json!({"conv": true})),
        ("model_compression", json!("no")),
        ("layer_type_compression", json!({"dense": 0})),
        ("layer_name_compression", json!({"dense_1": "true"})),
        ("trace_output", json!("false")),
        ("pipeline_style", json!(null)),
        ("pipeline_ii", json!("1")),
        ("writer_config", json!(null)),
        ("flows", json!("vivado:ip")),
        ("optimizers", json!({"a": "b"})),
        ("model_bf", json!("many")),
    ]
}

/// Values of other kinds for every field of the graph's state.
fn fields_of_state() -> Vec<(&'static str, Value)> {
    vec![
        ("inputs", json!("features")),
        ("inputs", json!([1])),
        ("outputs", json!({"a": "b"})),
        ("outputs", json!(null)),
        ("index", json!("11")),
        ("index", json!(1.5)),
        ("applied_flows", json!({})),
        ("applied_flows", json!([["convert"]])),
        ("applied_flows", json!([{"convert": "infer_precision_types"}])),
        ("applied_flows", json!([{"convert": [1]}])),
    ]
}
