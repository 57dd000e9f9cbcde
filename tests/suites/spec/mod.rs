//! `docs/format/fml.md`, rule by rule: each test is named after the rule that it holds.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod arrays;
mod blocks;
mod container;
mod documents;
mod json;
mod layers;
mod limits;
mod manifest;
mod members;
mod objects;
mod quantizers;
mod source;
mod testbench;
mod versions;
mod writing;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hls4rs::archive::member::LAYERS;
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, ramp, three_layers};
use serde_json::Value;

/// A small model behind a backend's flow `optimize`.
fn optimized() -> Model {
    hls4rs::build(hls4rs_tests::layer_list("Vivado", "io_parallel")).unwrap().0
}

/// A small model.
fn model() -> Model {
    Model::new(three_layers())
}

/// The small model with arrays of several blocks: noise and zeros.
fn large() -> Model {
    let mut model = model();
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) as f32
    };
    let noise = Tensor::new(&[300, 300], (0..90_000).map(|_| next()).collect()).unwrap();
    let attributes = &mut model.graph.layer_mut("fc1").unwrap().state_mut().attributes;
    attributes.insert("noise", noise);
    attributes.insert("zeros", Tensor::zeros(&[20_000]).unwrap());
    model
}

/// The small model's archive, without a manifest.
fn archive() -> Archive {
    Archive::saved(&model(), &SaveOptions::default().with_plain(true))
}

/// The model in an archive.
fn read(archive: &Archive) -> Model {
    Model::from_bytes(&archive.pack(), &ReadOptions::default()).unwrap()
}

/// Why bytes are no archive.
fn refusal(bytes: &[u8]) -> String {
    Model::from_bytes(bytes, &ReadOptions::default()).map(drop).unwrap_err().to_string()
}

/// The small model with one more attribute of the layer `fc1`.
fn with_note(note: impl Into<Attribute>) -> Model {
    let mut model = model();
    model.graph.layer_mut("fc1").unwrap().state_mut().attributes.insert("note", note);
    model
}

/// The small model's archive, with that JSON for one more attribute of the layer `fc1`.
fn with_json(note: &Value) -> Archive {
    archive().edited(LAYERS, |layers| layers["fc1"]["state"]["attributes"]["note"] = note.clone())
}

/// That attribute.
fn note(model: &Model) -> &Attribute {
    model.graph.layer("fc1").unwrap().state().get("note").unwrap()
}

/// An array that differs from those of the small model.
fn array() -> Tensor {
    ramp(&[2, 5])
}

fn saved(model: &Model) -> Archive {
    Archive::saved(model, &SaveOptions::default())
}

fn names(archive: &Archive) -> Vec<&str> {
    archive.members.iter().map(|(name, _)| name.as_str()).collect()
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn specification() -> String {
    fs::read_to_string(repository("docs/format/fml.md")).unwrap()
}

/// The name of a rule at the beginning of a text: a capital letter and a number.
fn rule(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(|c: char| c.is_ascii_alphabetic())?;
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < digits.len()).then(|| &text[..text.len() - rest.len()])
}

#[test]
fn every_rule_has_a_test_and_every_test_a_rule() {
    let mut rules = BTreeSet::new();
    for line in specification().lines() {
        let Some(name) = line.trim_start().strip_prefix("- **").and_then(rule) else { continue };
        assert!(line.contains(&format!("**{name}** ")), "expected `**{name}** `, found `{line}`");
        assert!(rules.insert(name.to_lowercase()), "two rules are named {name}");
    }
    assert!(rules.len() > 80, "found {} rules", rules.len());
    let mut tested = BTreeSet::new();
    for entry in fs::read_dir(repository("tests/suites/spec")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[test]" && !path.ends_with("mod.rs")) {
            let name = pair[1].strip_prefix("fn ").unwrap_or(pair[1]);
            let (named, _) = name.split_once('_').unwrap();
            assert!(rules.contains(named), "{}: `{name}` names no rule", path.display());
            tested.insert(named.to_owned());
        }
    }
    let untested: Vec<&String> = rules.difference(&tested).collect();
    assert!(untested.is_empty(), "rules without a test: {untested:?}");
}
