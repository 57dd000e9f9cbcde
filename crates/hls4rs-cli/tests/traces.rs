//! The files that `hls4rs predict --trace` writes hold what the library gives.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use hls4rs::layers::layers::{Activation, Dense, Input};
use hls4rs::prelude::*;
use hls4rs::{Arrays, PredictOptions, Prediction};
use hls4rs_tests::{Golden, runnable};
use serde_json::{Value, json};

/// Runs the command in a folder; it must succeed.
fn hls4rs(arguments: &[&str], folder: &Path) {
    let command = Command::new(env!("CARGO_BIN_EXE_hls4rs")).args(arguments).current_dir(folder).output();
    let output = command.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn array(path: &Path) -> Tensor {
    match Arrays::read(path).unwrap() {
        Arrays::One(array) => array,
        Arrays::Named(_) => panic!("{}: expected one array", path.display()),
    }
}

fn traced(golden: &Golden) -> Prediction {
    let options = PredictOptions::default().with_trace(true);
    hls4rs::predict(golden.model(), &golden.recorded().unwrap().inputs, options).unwrap()
}

#[test]
fn folders_and_files_hold_all_layers() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["residual-vivado-io_stream", "mlp-vivado-io_parallel"] {
        let golden = Golden::named(name);
        let (model, io) = (golden.path.to_str().unwrap(), golden.path.with_file_name("io.npz"));
        let arguments = ["predict", model, "--input", io.to_str().unwrap(), "--output", "y.npy"];
        for trace in ["trace", "trace.npz"] {
            hls4rs(&[&arguments[..], &["--trace", trace]].concat(), folder.path());
        }
        let expected = traced(golden);
        assert_eq!(array(&at("y.npy")), expected.outputs[0], "{name}");
        let Arrays::Named(arrays) = Arrays::read(at("trace.npz")).unwrap() else { panic!("expected names") };
        assert_eq!(arrays.len(), expected.trace.len(), "{name}");
        for (file, suffix) in [("trace/names.json", ".npy"), ("trace.names.json", "")] {
            let told: Vec<Value> = serde_json::from_slice(&fs::read(at(file)).unwrap()).unwrap();
            assert_eq!(told.len(), expected.trace.len(), "{name}");
            for (told, traced) in told.iter().zip(&expected.trace) {
                let origin = traced.origin.as_ref().unwrap();
                let array_name = told["array"].as_str().unwrap().strip_suffix(suffix).unwrap();
                let expected = json!({
                    "array": format!("{array_name}{suffix}"),
                    "layer": traced.layer,
                    "output": traced.output,
                    "shape": traced.values.shape()[1..],
                    "source": origin.layer,
                    "part": origin.part.name(),
                });
                assert_eq!(*told, expected, "{name}");
                assert_eq!(arrays[array_name], traced.values, "{name}: {array_name}");
                assert_eq!(array(&at(&format!("trace/{array_name}.npy"))), traced.values, "{name}");
            }
        }
        fs::remove_dir_all(at("trace")).unwrap();
    }
}

#[test]
fn chosen_layers_have_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let golden = Golden::named("mlp-vivado-io_parallel");
    let (model, io) = (golden.path.to_str().unwrap(), golden.path.with_file_name("io.npz"));
    let arguments = ["predict", model, "--input", io.to_str().unwrap(), "--trace", "t"];
    hls4rs(&[&arguments[..], &["--layers", "dense_2,tanh_2"]].concat(), folder.path());
    let files = fs::read_dir(folder.path().join("t")).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<String> = files.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(
        files.iter().map(String::as_str).collect::<Vec<_>>(),
        ["dense_2.npy", "names.json", "tanh_2.npy"]
    );
}

/// Layers whose names give the same file name.
#[test]
fn no_file_takes_the_place_of_another() {
    let mut graph = ModelGraph::new(runnable().config);
    graph.set_io(["x"], ["a?b"]);
    graph.add(Input::builder("x").input_shape([4])).unwrap();
    let weight = Tensor::new(&[4, 2], vec![0.5f32; 8]).unwrap();
    graph.add(Dense::builder("a/b").n_in(4).n_out(2).weight(weight)).unwrap();
    let accum = NamedType::new("accum_t", "fixed<16,6>".parse().unwrap());
    graph.layer_mut("a/b").unwrap().state_mut().attributes.insert("accum_t", accum);
    for name in ["a_b", "a?b"] {
        graph.add(Activation::builder(name).activation("relu")).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    Model::new(graph).save(folder.path().join("a.fml")).unwrap();
    let rows = Tensor::new(&[3, 4], vec![-0.5f32; 12]).unwrap();
    fs::write(folder.path().join("x.npy"), hls4rs::archive::write_npy("x", &rows).unwrap()).unwrap();
    hls4rs(&["predict", "a.fml", "--input", "x.npy", "--trace", "t"], folder.path());
    let first = |file: &str| array(&folder.path().join("t").join(file)).iter_f64().unwrap().next();
    assert_eq!(
        [first("a_b.npy"), first("a_b_2.npy"), first("a_b_3.npy")],
        [Some(-1.0), Some(0.0), Some(0.0)]
    );
}
