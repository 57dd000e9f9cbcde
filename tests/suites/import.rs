//! What importers make of sources: the graphs that hls4ml builds, and errors for everything else.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use hls4rs::frontend::SourceFile;
use hls4rs::prelude::*;
use hls4rs_stages::Selection;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("imports")
}

fn bytes(case: &str) -> Vec<u8> {
    fs::read(sources().join(case)).unwrap()
}

/// What came of an import: errors of the file, or of what is in it.
fn import(name: &str, bytes: Vec<u8>) -> Result<usize, String> {
    let path = PathBuf::from(name);
    let front_end = hls4rs::front_end(&path).unwrap();
    let imported = front_end
        .import(&SourceFile { path, bytes }, &Attributes::new())
        .map_err(|error| error.to_string())?;
    let errors: Vec<String> = imported
        .findings
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| found.message.clone())
        .collect();
    if errors.is_empty() { Ok(imported.layers.len()) } else { Err(errors.join("\n")) }
}

/// The members of a `.keras` file.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut entry = zip.by_index(i).unwrap();
            let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
            entry.read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

/// A `.keras` file of members.
fn keras(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn sources_become_the_graphs_that_hls4ml_builds() {
    let selection = Selection { flow: Some("import".to_owned()), ..Selection::default() };
    let outcomes = hls4rs_stages::run(&sources(), &selection).unwrap();
    let outcome = &outcomes["import"];
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    assert_eq!(outcome.passed, hls4rs_stages::cases(&sources()).unwrap().len());
}

#[test]
fn the_bytes_tell_the_format() {
    assert_eq!(
        import("source.keras", bytes("cnn_h5/source.h5")),
        import("source.h5", bytes("cnn_h5/source.h5"))
    );
    assert_eq!(
        import("source.h5", bytes("cnn/source.keras")),
        import("source.keras", bytes("cnn/source.keras"))
    );
}

#[test]
fn an_architecture_has_its_weights_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let whole = members(&bytes("sequence/source.keras"));
    let member = |name: &str| whole.iter().find(|(other, _)| other == name).unwrap().1.clone();
    let path = folder.path().join("model.json");
    fs::write(&path, member("config.json")).unwrap();
    let error = hls4rs::import(&path, &Attributes::new()).map(drop).unwrap_err().to_string();
    assert!(error.contains("model.weights.h5`") && error.contains("none of them"), "{error}");
    let expected = hls4rs::import(&sources().join("sequence/source.keras"), &Attributes::new()).unwrap();
    fs::write(folder.path().join("model.weights.h5"), member("model.weights.h5")).unwrap();
    assert_eq!(hls4rs::import(&path, &Attributes::new()).unwrap(), expected);
    fs::rename(folder.path().join("model.weights.h5"), folder.path().join("others.h5")).unwrap();
    let options = Attributes::from([("KerasH5", Attribute::from("others.h5"))]);
    assert_eq!(hls4rs::import(&path, &options).unwrap(), expected);
}

#[test]
fn truncated_sources_are_refused() {
    for (case, ending) in [("shared/source.keras", "keras"), ("cnn_h5/source.h5", "h5")] {
        let whole = bytes(case);
        assert!(import(&format!("source.{ending}"), whole.clone()).is_ok(), "{case}");
        for length in (0..whole.len()).step_by(1 + whole.len() / 200) {
            let found = import(&format!("source.{ending}"), whole[..length].to_vec());
            assert!(found.is_err(), "{case}: {length} of {} bytes are read", whole.len());
        }
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    let weights = members(&bytes("quantized/source.keras"));
    for at in (0..weights.len()).filter(|at| weights[*at].0 == "model.weights.h5") {
        for place in (0..weights[at].1.len()).step_by(211) {
            let mut changed = weights.clone();
            changed[at].1[place] ^= 0xff;
            let _ = import("source.keras", keras(&changed));
        }
    }
    let whole = bytes("cnn_h5/source.h5");
    for place in (0..whole.len()).step_by(53) {
        let mut changed = whole.clone();
        changed[place] ^= 0xff;
        let _ = import("source.h5", changed);
    }
}

#[test]
fn architectures_that_say_something_else_do_no_harm() {
    for case in ["cnn", "shared", "sequence", "quantized", "attention"] {
        let whole = members(&bytes(&format!("{case}/source.keras")));
        let at = whole.iter().position(|(name, _)| name == "config.json").unwrap();
        let text = String::from_utf8(whole[at].1.clone()).unwrap().replace("Infinity", "1e300");
        let model: Value = serde_json::from_str(&text).unwrap();
        let mut places = Vec::new();
        walk(&model, &mut String::new(), &mut places);
        for (number, place) in places.iter().enumerate().filter(|(number, _)| number % 3 == 0) {
            let values =
                [Value::Null, (-1).into(), i64::MAX.into(), 2.5e300.into(), "x".into(), Value::Array(vec![])];
            let mut changed = model.clone();
            *changed.pointer_mut(place).unwrap() = values[(number / 3) % values.len()].clone();
            let mut members = whole.clone();
            members[at].1 = serde_json::to_vec(&changed).unwrap();
            let _ = import("source.keras", keras(&members));
        }
    }
}

/// The places of all values that a model of Keras is read by; constraints and the like are not.
fn walk(value: &Value, place: &mut String, places: &mut Vec<String>) {
    places.push(place.clone());
    let mut step = |key: String, value: &Value| {
        let length = place.len();
        place.push_str(&format!("/{key}"));
        walk(value, place, places);
        place.truncate(length);
    };
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| step(i.to_string(), value)),
        Value::Object(map) => {
            let unread = ["compile_config", "ic", "ir", "fc", "fr", "bc", "br", "dtype", "shared_object_id"];
            let read =
                map.iter().filter(|(key, _)| !unread.contains(&key.as_str()) && !key.contains("initializer"));
            read.for_each(|(key, value)| step(key.clone(), value));
        }
        _ => {}
    }
}

#[test]
fn archives_that_are_not_what_they_seem_are_refused() {
    let whole = members(&bytes("shared/source.keras"));
    let with = |name: &str, bytes: Vec<u8>| {
        let mut members = whole.clone();
        members.retain(|(other, _)| other != name);
        members.push((name.to_owned(), bytes));
        keras(&members)
    };
    for name in ["../config.json", "/etc/passwd", "a/../../b", "C:\\weights"] {
        let error = import("source.keras", with(name, vec![0])).unwrap_err();
        assert!(error.contains("leaves the file"), "{name}: {error}");
    }
    // a gibibyte of zeros in a mebibyte
    let error = import("source.keras", with("model.weights.h5", vec![0; 1 << 30])).unwrap_err();
    assert!(error.contains("`model.weights.h5` of 1073741824 bytes, more than"), "{error}");
    let error = import("source.keras", keras(&whole[..1])).unwrap_err();
    assert!(error.contains("no member `config.json`"), "{error}");
    // two members of a name: the second is renamed in the bytes, as no writer makes this
    let mut twice = with("config.jsoo", vec![0]);
    for at in 0..twice.len() - 11 {
        if &twice[at..at + 11] == b"config.jsoo" {
            twice[at + 10] = b'n';
        }
    }
    let error = import("source.keras", twice).unwrap_err();
    assert!(error.contains("a member twice"), "{error}");
}

#[test]
fn weights_that_are_missing_or_too_large_are_found() {
    let whole = members(&bytes("shared/source.keras"));
    let with = |weights: Option<Vec<u8>>| {
        let mut members = whole.clone();
        members.retain(|(name, _)| name != "model.weights.h5");
        members.extend(weights.map(|bytes| ("model.weights.h5".to_owned(), bytes)));
        import("source.keras", keras(&members)).unwrap_err()
    };
    assert!(with(None).contains("expected a weight named `kernel`, found none"));
    // arrays of 2^40 elements that are not there, and groups that hold themselves
    let hostile = sources().join("../hostile_weights");
    assert!(with(Some(fs::read(hostile.join("huge.h5")).unwrap())).contains("weight `layers/dense/vars/0`"));
    assert!(
        with(Some(fs::read(hostile.join("cyclic.h5")).unwrap())).contains("weight `layers/dense/vars/0`")
    );
    let error = import("source.h5", fs::read(hostile.join("cyclic_model.h5")).unwrap()).unwrap_err();
    assert!(error.contains("expected a weight named `kernel`"), "{error}");
}

#[test]
fn weights_that_keras_quantized_are_refused() {
    let mut whole = members(&bytes("shared/source.keras"));
    let at = whole.iter().position(|(name, _)| name == "config.json").unwrap();
    let text = String::from_utf8(whole[at].1.clone()).unwrap();
    whole[at].1 = text.replace("\"DTypePolicy\"", "\"QuantizedDTypePolicy\"").into_bytes();
    let error = import("source.keras", keras(&whole)).unwrap_err();
    assert!(error.contains("`dtype`: expected a type of numbers"), "{error}");
}

#[test]
fn every_problem_is_found_at_once() {
    let mut whole = members(&bytes("cnn/source.keras"));
    let at = whole.iter().position(|(name, _)| name == "config.json").unwrap();
    let text = String::from_utf8(whole[at].1.clone()).unwrap();
    let text = text
        .replace("\"class_name\": \"Dropout\"", "\"class_name\": \"Lambda\"")
        .replace("\"padding\": \"same\"", "\"padding\": \"reflect\"")
        .replace("\"activation\": \"softmax\"", "\"activation\": {\"class_name\": \"Own\"}");
    whole[at].1 = text.into_bytes();
    let error = import("source.keras", keras(&whole)).unwrap_err();
    assert_eq!(error.lines().count(), 3, "{error}");
    for part in ["(Lambda): expected a class that can be converted", "`padding`", "`activation`"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}
