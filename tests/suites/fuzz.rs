//! What fuzzing looks for does not happen on the inputs with which it begins, nor on some thousand changes to them.

#![allow(clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs_tests::fuzz::{Mutations, TARGETS, Target};

/// Runs a target on its seeds and on so many changes to them.
fn smoke(name: &str, n_mutations: usize) {
    let target: &Target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let seeds = (target.seeds)();
    assert!(seeds.len() >= 10, "{name}: {} seeds", seeds.len());
    seeds.iter().for_each(|seed| (target.run)(seed));
    Mutations::new(&seeds).take(n_mutations).for_each(|changed| (target.run)(&changed));
}

#[test]
fn archives() {
    smoke("archive", 100);
}

#[test]
fn arrays() {
    smoke("npy", 20_000);
}

#[test]
fn python_json() {
    smoke("python_json", 3000);
}

#[test]
fn precisions() {
    smoke("precision", 5000);
}

#[test]
fn layer_states() {
    smoke("layer_state", 1000);
}

#[test]
fn onnx_models() {
    smoke("onnx", 2000);
}

#[test]
fn keras_h5_models() {
    smoke("keras_h5", 1000);
}

#[test]
fn keras_models() {
    smoke("keras", 500);
}

#[test]
fn every_target_has_a_program() {
    let manifest = include_str!("../../fuzz/Cargo.toml");
    for Target { name, .. } in TARGETS {
        assert!(manifest.contains(&format!("[[bin]]\nname = \"{name}\"")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}
