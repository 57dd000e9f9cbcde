//! V: versions, migrations, and the promise.

use std::fs;

use hls4rs::archive::Archive as Opened;
use hls4rs::archive::member::{CONFIG, LAYERS, VERSION};
use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use serde_json::json;

use super::{archive, model, read, refusal, repository, saved};

fn named(hls4ml: &str) -> Archive {
    archive().with(VERSION, json!({"hls4ml": hls4ml, "model_graph": "1"}).to_string())
}

/// An archive of hls4ml 1.2.0.
fn old(case: &str) -> Vec<u8> {
    fs::read(repository("tests/migrations").join(case).join("1.2.0.fml")).unwrap()
}

fn migrated(bytes: Vec<u8>) -> (Vec<String>, Model) {
    let archive = Opened::from_bytes(bytes, &ReadOptions::default().with_migrate(true)).unwrap();
    let changes = archive.migrations().unwrap();
    (changes.iter().map(ToString::to_string).collect(), archive.into_model().unwrap())
}

#[test]
fn v1_both_versions_are_texts() {
    for wrong in
        [json!({"hls4ml": "1.3.0"}), json!({"model_graph": "1"}), json!({"hls4ml": 1, "model_graph": "1"})]
    {
        let refused = refusal(&archive().with(VERSION, wrong.to_string()).pack());
        assert!(refused.starts_with("member `version.json`: "), "{refused}");
    }
    let more = archive().edited(VERSION, |version| version["writer"] = json!({"a": 1}));
    assert_eq!(saved(&read(&more)).json(VERSION)["writer"], json!({"a": 1}));
}

#[test]
fn v2_the_format_is_1() {
    for wrong in [json!("2"), json!("1.0"), json!("01"), json!(1)] {
        let other = archive().edited(VERSION, |version| version["model_graph"] = wrong.clone());
        assert!(refusal(&other.pack()).contains("`model_graph`"), "{wrong}");
    }
}

#[test]
fn v3_releases_that_are_known_are_read() {
    for known in
        ["1.2.0", "1.2.0.dev5", "1.2.9", "1.3", "1.3.0rc1", "1.3.0.1", "1.4.0.dev63+g0a1b2c3", "1.4.99"]
    {
        assert_eq!(read(&named(known)).version.hls4ml, known);
    }
    for unknown in ["1.1.9", "1.5.0", "1.5.0.dev1", "2.0.0", "", "dev", "v1.3.0"] {
        let refused = refusal(&named(unknown).pack());
        let expected = format!("found `{unknown}`");
        assert!(refused.starts_with("member `version.json`: `hls4ml`: expected a version"), "{refused}");
        assert!(refused.ends_with(&expected), "{refused}");
    }
    assert!(refusal(&named("1.5.0").pack()).contains("from 1.2.0 to 1.4.x"));
}

#[test]
fn v4_a_newer_patch_is_a_warning() {
    for (version, n_warnings) in
        [("1.2.1", 1), ("1.3.0rc1", 0), ("1.3.1", 1), ("1.4.0", 0), ("1.4.0.dev99", 0), ("1.4.2rc1", 1)]
    {
        let archive = Opened::from_bytes(named(version).pack(), &ReadOptions::default()).unwrap();
        assert_eq!(archive.warnings().len(), n_warnings, "{version}");
    }
}

#[test]
fn v5_models_name_1_3_0_or_what_they_named() {
    assert_eq!(saved(&model()).json(VERSION), json!({"hls4ml": "1.3.0", "model_graph": "1"}));
    assert_eq!(saved(&read(&named("1.4.0.dev63"))).json(VERSION)["hls4ml"], "1.4.0.dev63");
}

#[test]
fn v6_nothing_is_migrated_unless_asked_for() {
    let old = old("merge-oneapi-io_stream");
    let model = Model::from_bytes(&old, &ReadOptions::default()).unwrap();
    let again = Archive::saved(&model, &SaveOptions::default().with_plain(true).with_verbatim(true));
    let before = Archive::of(&old);
    for document in [VERSION, CONFIG, LAYERS] {
        assert!(again.content(document) == before.content(document), "{document}");
    }
}

#[test]
fn v7_archives_climb_to_the_newest_release() {
    let (changes, model) = migrated(old("merge-oneapi-io_stream"));
    assert!(changes.iter().any(|change| change.contains("`tast_sequence_cpp` becomes `task_sequence_cpp`")));
    let text = String::from_utf8(saved(&model).content(LAYERS).to_vec()).unwrap();
    assert!(text.contains("task_sequence_cpp") && !text.contains("tast_sequence_cpp"));
    for case in ["merge-vivado-io_parallel", "merge-vitis-io_stream"] {
        let (changes, model) = migrated(old(case));
        assert_eq!(changes.len(), 2, "{changes:?}");
        let layers = saved(&model).json(LAYERS);
        let code = layers["sum"]["state"]["attributes"]["config_cpp"].to_string();
        assert!(code.contains("n_elem1 = ") && code.contains("n_elem2 = "), "{code}");
    }
    assert_eq!(migrated(old("merge-quartus-io_parallel")).0.len(), 1);
    for newer in ["1.3.0", "1.4.0.dev63"] {
        let misspelt = named(newer).edited(LAYERS, |layers| {
            layers["fc1"]["state"]["attributes"]["tast_sequence_cpp"] = json!("x");
        });
        let (changes, model) = migrated(misspelt.pack());
        assert_eq!((changes.len(), model.version.hls4ml.as_str()), (0, newer));
    }
}

#[test]
fn v8_a_migration_tells_what_it_did() {
    let (changes, model) = migrated(old("merge-quartus-io_parallel"));
    assert_eq!(changes, ["version.json: hls4ml: `1.2.0` becomes `1.3.0`"]);
    assert_eq!(model.version.hls4ml, "1.3.0");
    let steps: Vec<_> = model.provenance.iter().map(|step| (&*step.action, &*step.tool.name)).collect();
    assert_eq!(steps, [("saved", "hls4ml"), ("migrated", "hls4rs")]);
    assert_eq!(model.provenance[1].note.as_deref(), Some("hls4ml 1.2.0 to 1.3.0"));
}

/// Archives that were written once and are never written again.
#[test]
fn v9_what_was_ever_written_is_read() {
    let folder = repository("tests/archives");
    let mut n_read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "fml") {
            let opened = Opened::open(&path).unwrap();
            assert_eq!(opened.check().unwrap(), [], "{}", path.display());
            assert!(opened.into_model().unwrap() == model(), "{}", path.display());
            n_read += 1;
        }
    }
    assert!(n_read > 0);
}
