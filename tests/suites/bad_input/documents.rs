//! Every field of `config.json` and `graph_state.json` is replaced by values of all other kinds.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use serde_json::Value;

use super::kinds::one_of_each;

/// What each field of the configuration takes; `?` where null is taken, too.
const CONFIG: &[(&str, &str)] = &[
    ("config", "map"),
    ("model_precision", "texts"),
    ("layer_type_precision", "texts"),
    ("layer_name_precision", "texts"),
    ("model_rf", "int?"),
    ("layer_type_rf", "ints"),
    ("layer_name_rf", "ints"),
    ("model_targ_cycles", "int?"),
    ("layer_type_targ_cycles", "ints"),
    ("layer_name_targ_cycles", "ints"),
    ("model_strategy", "string?"),
    ("layer_type_strategy", "strings"),
    ("layer_name_strategy", "strings"),
    ("model_conv_implementation", "string?"),
    ("layer_type_conv_implementation", "strings"),
    ("layer_name_conv_implementation", "strings"),
    ("model_compression", "bool?"),
    ("layer_type_compression", "bools"),
    ("layer_name_compression", "bools"),
    ("trace_output", "bool"),
    ("pipeline_style", "string"),
    ("pipeline_ii", "int?"),
    ("writer_config", "map"),
    ("flows", "names"),
    ("optimizers", "names?"),
    ("model_bf", "number"),
];

/// What each field of the graph's state takes.
const STATE: &[(&str, &str)] =
    &[("inputs", "names"), ("outputs", "names"), ("index", "int"), ("applied_flows", "flows")];

fn takes(kind: &str, value: &Value) -> bool {
    let entries = |is: fn(&Value) -> bool| value.as_object().is_some_and(|map| map.values().all(is));
    match kind {
        "map" => value.is_object(),
        "texts" => entries(|value| value.is_string() || value.is_null()),
        "ints" => entries(Value::is_i64),
        "strings" => entries(Value::is_string),
        "bools" => entries(Value::is_boolean),
        "int" => value.is_i64(),
        "string" => value.is_string(),
        "bool" => value.is_boolean(),
        "number" => value.is_number(),
        "names" => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
        "flows" => value.as_array().is_some_and(Vec::is_empty),
        optional => value.is_null() || takes(optional.strip_suffix('?').unwrap(), value),
    }
}

/// Replaces every field of a document by every kind of value.
fn check(member: &str, fields: &[(&str, &str)]) {
    let archive = Archive::golden("mlp-vivado-io_parallel");
    let names: Vec<String> = archive.json(member).as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.iter().collect::<Vec<_>>(), fields.iter().map(|(name, _)| name).collect::<Vec<_>>());
    let mut options = ReadOptions::default();
    options.check_structure = false;
    for (field, kind) in fields {
        for value in one_of_each() {
            let text = value.to_string();
            let taken = takes(kind, &value);
            let edited = archive.clone().edited(member, |document| document[*field] = value);
            match edited.read(&options) {
                Ok(_) => assert!(taken, "{member}: {field} = {text}: is read"),
                Err(error) => {
                    let message = error.to_string();
                    assert!(!taken, "{member}: {field} = {text}: {message}");
                    let expected = format!("member `{member}`: `{field}");
                    assert!(message.starts_with(&expected), "{member}: {field} = {text}: {message}");
                }
            }
        }
    }
}

#[test]
fn every_field_of_the_configuration_is_checked() {
    check("config.json", CONFIG);
}

#[test]
fn every_field_of_the_state_is_checked() {
    check("graph_state.json", STATE);
}
