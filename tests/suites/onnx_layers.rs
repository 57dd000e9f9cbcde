//! Raw ONNX exports, layer by layer: the trace is what ONNX Runtime computes, within what rounding gives.
//!
//! `tests/python/onnx_exports.py` and `onnx_layers.py` made the networks and what is recorded of them.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hls4rs::PredictOptions;
use hls4rs::archive::read_npz;
use hls4rs::prelude::*;

/// The precision of everything: 20 fractional bits, for which the errors are recorded.
const PRECISION: &str = "fixed<36,16>";

/// One network.
struct Network {
    name: String,
    source: PathBuf,
    arrays: BTreeMap<String, Tensor>,
}

fn networks() -> Vec<Network> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("onnx");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let network = |folder: &PathBuf| {
        let bytes = fs::read(folder.join("layers.npz")).unwrap();
        let arrays = read_npz("layers.npz", &bytes).unwrap().into_iter().collect();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        Network { name, source: folder.join("source.onnx"), arrays }
    };
    folders.iter().filter(|folder| folder.is_dir()).map(network).collect()
}

impl Network {
    fn converted(&self) -> Model {
        let mut model = Attributes::new();
        model.insert("Precision", PRECISION);
        model.insert("ReuseFactor", 1i64);
        let mut hls = Attributes::new();
        hls.insert("Model", model);
        let mut arguments = Attributes::new();
        arguments.insert("hls_config", hls);
        hls4rs::convert(&self.source, &arguments)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
            .model
    }

    /// What is recorded under a letter for an operation.
    fn recorded(&self, letter: char, operation: &str) -> Option<Vec<f64>> {
        Some(self.arrays.get(&format!("{letter}:{operation}"))?.iter_f64().unwrap().collect())
    }

    /// The operation that another one may be taken into.
    fn next(&self, operation: &str) -> Option<String> {
        self.recorded('n', operation).map(|name| name.iter().map(|byte| char::from(*byte as u8)).collect())
    }

    /// All operations that have an output or may be taken into one that has.
    fn operations(&self) -> Vec<String> {
        let names = self.arrays.keys().filter(|key| key.starts_with("y:") || key.starts_with("n:"));
        let mut names: Vec<String> = names.map(|key| key[2..].to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The layer that an operation became, or the one that gives its scale back.
fn layer_of<'a>(model: &'a Model, operation: &str) -> Option<&'a str> {
    let is_meant = |name: &str| name == operation || name.ends_with(&format!("_{operation}"));
    let (found, layer) = model.graph.layers().find(|(name, _)| is_meant(name))?;
    let outputs = &layer.state().outputs;
    let rescale = model.graph.layers().find(|(name, other)| {
        name.ends_with("_rescale") && other.state().inputs.iter().any(|input| outputs.contains(input))
    });
    Some(rescale.map_or(found, |(name, _)| name))
}

/// Compares all layers of a network that are operations of the source, and gives their number.
fn compare(network: &Network) -> usize {
    let model = network.converted();
    let inputs = std::slice::from_ref(&network.arrays["x"]);
    let options = PredictOptions::default().with_trace(true);
    let trace = hls4rs::predict(&model, inputs, options).unwrap().trace;
    let mut n_compared = 0;
    for operation in network.operations() {
        let Some(layer) = layer_of(&model, &operation) else { continue };
        let next = network.next(&operation);
        let taken_in = next.filter(|next| layer_of(&model, next).is_none());
        let meant = taken_in.as_deref().unwrap_or(&operation);
        let Some(expected) = network.recorded('y', meant) else { continue };
        let most = network.recorded('e', meant).unwrap()[0];
        let traced = trace.iter().find(|traced| traced.layer == layer).unwrap();
        let found: Vec<f64> = traced.values.iter_f64().unwrap().collect();
        assert_eq!(found.len(), expected.len(), "{}: {layer}", network.name);
        let are_finite = found.iter().chain(&expected).all(|value| value.is_finite());
        assert!(are_finite && most.is_finite(), "{}: {layer}: expected finite numbers", network.name);
        let off = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(
            off <= most,
            "{}: {layer}: expected {meant} within {most}, found it off by {off}",
            network.name
        );
        n_compared += 1;
    }
    n_compared
}

#[test]
fn layers_are_those_of_the_float_model() {
    let networks = networks();
    assert!(networks.len() >= 12, "{} networks", networks.len());
    for network in &networks {
        let n_operations = network.arrays.keys().filter(|key| key.starts_with("y:")).count();
        let n_compared = compare(network);
        // one may be taken into another one, a clipped number into a quantizer
        assert!(n_compared >= 3 && 2 * n_compared >= n_operations, "{}: {n_compared} layers", network.name);
    }
}
