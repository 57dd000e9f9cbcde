//! Archives of older versions of hls4ml, brought up to date, are what the newer version writes.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use hls4rs::archive::member::{CONFIG, LAYERS, STATE, VERSION};
use hls4rs::archive::{Archive, CURRENT};
use hls4rs::prelude::*;
use hls4rs_tests::Archive as Members;
use serde_json::Value;

/// Folders with the same model by several versions.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// A document without the order of passes in a flow, which comes from Python's sets.
fn document(members: &Members, name: &str) -> Value {
    let mut tree = members.json(name);
    let flows = tree.get_mut("applied_flows").and_then(Value::as_array_mut).into_iter().flatten();
    for passes in flows.flat_map(|flows| flows.as_object_mut().unwrap().values_mut()) {
        passes.as_array_mut().unwrap().sort_by_key(ToString::to_string);
    }
    tree
}

#[test]
fn what_was_1_2_0_is_what_1_3_0_writes() {
    let mut changed = Vec::new();
    for case in cases() {
        let read = |version: &str| fs::read(case.join(format!("{version}.fml"))).unwrap();
        let options = ReadOptions::default().with_migrate(true);
        let archive = Archive::from_bytes(read("1.2.0"), &options).unwrap();
        let changes = archive.migrations().unwrap();
        let model = archive.into_model().unwrap();
        let verbatim = SaveOptions::default().with_plain(true).with_verbatim(true);
        let (migrated, expected) = (Members::saved(&model, &verbatim), Members::of(&read("1.3.0")));
        for name in [VERSION, CONFIG, STATE, LAYERS] {
            assert_eq!(document(&migrated, name), document(&expected, name), "{}: {name}", case.display());
        }
        assert_eq!(model.version.hls4ml, CURRENT.to_string());
        let step = model.provenance.last().unwrap();
        let note = Some("hls4ml 1.2.0 to 1.3.0".to_owned());
        assert_eq!((step.action.as_str(), step.note.clone()), ("migrated", note));
        let newer = Model::from_bytes(&read("1.3.0"), &options).unwrap();
        let differences = hls4rs::diff(&model, &newer);
        let of_flows = |place: &str| place.starts_with("applied_flows");
        assert!(differences.iter().all(|difference| of_flows(&difference.place)), "{differences:?}");
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        changed.push((name, changes.iter().map(ToString::to_string).collect::<Vec<_>>()));
    }
    let changes = |name: &str| &changed.iter().find(|(known, _)| known == name).unwrap().1;
    let version = "version.json: hls4ml: `1.2.0` becomes `1.3.0`";
    assert_eq!(*changes("merge-quartus-io_parallel"), [version]);
    let sizes = "sum: `config_cpp` gets the sizes of both inputs";
    assert_eq!(*changes("merge-vivado-io_parallel"), [sizes, version]);
    assert_eq!(*changes("merge-vitis-io_stream"), [sizes, version]);
    let task = "`tast_sequence_cpp` becomes `task_sequence_cpp`, where hls4ml 1.3.0 looks for it";
    let [tasks @ .., last] = changes("merge-oneapi-io_stream").as_slice() else { panic!("no change") };
    assert_eq!(last, version);
    assert!(!tasks.is_empty() && tasks.iter().all(|change| change.ends_with(task)), "{tasks:?}");
}

#[test]
fn without_being_asked_for_nothing_is_migrated() {
    for case in cases() {
        let bytes = fs::read(case.join("1.2.0.fml")).unwrap();
        let model = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        assert_eq!(model.version.hls4ml, "1.2.0");
        let verbatim = SaveOptions::default().with_plain(true).with_verbatim(true);
        assert!(Members::saved(&model, &verbatim).members == Members::of(&bytes).members);
    }
}

#[test]
fn what_is_up_to_date_stays() {
    for case in cases() {
        let bytes = fs::read(case.join("1.3.0.fml")).unwrap();
        let archive = Archive::from_bytes(bytes, &ReadOptions::default()).unwrap();
        assert_eq!(archive.migrations().unwrap(), []);
    }
}
