//! F and S: configuration and state of the graph.

use hls4rs::archive::member::{CONFIG, STATE};
use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use serde_json::{Value, json};

use super::{archive, read, saved, specification};

/// Keys of the configuration that may be null, and so may be missing.
const MAY_BE_NULL: [&str; 7] = [
    "model_rf",
    "model_targ_cycles",
    "model_strategy",
    "model_conv_implementation",
    "model_compression",
    "pipeline_ii",
    "optimizers",
];

fn keys(archive: &Archive, document: &str) -> Vec<String> {
    archive.json(document).as_object().unwrap().keys().cloned().collect()
}

fn error(archive: &Archive, document: &str, edit: impl FnOnce(&mut Value)) -> Option<String> {
    archive.clone().edited(document, edit).read(&ReadOptions::default()).err().map(|error| error.to_string())
}

/// The keys in the table behind a line of the specification.
fn listed(before: &str) -> Vec<String> {
    let text = specification();
    let (_, table) = text.split_once(before).unwrap();
    let rows = table.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let keys = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(','));
    keys.map(|key| key.trim().trim_matches('`').to_owned()).collect()
}

#[test]
fn f1_all_keys_are_there() {
    let archive = archive();
    let mut listed = listed("## Configuration");
    let mut keys = keys(&archive, CONFIG);
    for key in &keys {
        let missing = |config: &mut Value| drop(config.as_object_mut().unwrap().remove(key));
        let wrong = |config: &mut Value| config[key] = json!([[1]]);
        assert!(error(&archive, CONFIG, wrong).unwrap().starts_with("member `config.json`: "), "{key}");
        if MAY_BE_NULL.contains(&key.as_str()) {
            let read = read(&archive.clone().edited(CONFIG, missing));
            assert!(saved(&read).json(CONFIG)[key].is_null(), "{key}");
        } else {
            assert!(error(&archive, CONFIG, missing).unwrap().contains(&format!("`{key}`")), "{key}");
        }
    }
    listed.sort();
    keys.sort();
    assert_eq!(listed, keys);
}

#[test]
fn f2_further_keys_are_kept_at_the_end() {
    let mut members = archive();
    let text = String::from_utf8(members.content(CONFIG).to_vec()).unwrap();
    members = members.with(CONFIG, text.replacen('{', "{\"future\": {\"b\": 1, \"a\": NaN},", 1));
    let saved = saved(&read(&members));
    let text = str::from_utf8(saved.content(CONFIG)).unwrap();
    assert!(text.ends_with("    \"future\": {\n        \"b\": 1,\n        \"a\": NaN\n    }\n}"), "{text}");
}

#[test]
fn s1_all_keys_are_there_and_further_ones_kept() {
    let archive = archive();
    for key in keys(&archive, STATE) {
        assert!(listed("`graph_state.json`:").contains(&key), "{key}");
        let missing = |state: &mut Value| drop(state.as_object_mut().unwrap().remove(&key));
        assert!(error(&archive, STATE, missing).unwrap().contains(&format!("`{key}`")), "{key}");
        let wrong = |state: &mut Value| state[&key] = json!({"a": 1});
        assert!(error(&archive, STATE, wrong).unwrap().contains(&format!("`{key}")), "{key}");
    }
    let more = read(&archive.edited(STATE, |state| state["future"] = json!([1])));
    let saved = saved(&more);
    assert!(saved.content(STATE).ends_with(b"    \"future\": [\n        1\n    ]\n}"));
}
