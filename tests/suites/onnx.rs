//! Raw ONNX models that show one thing each: what they predict, and what is said about them.
//!
//! `tests/python/onnx_seeds.py` made them.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use hls4rs::PredictOptions;
use hls4rs::prelude::*;

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/onnx").join(name)
}

/// What a model predicts for one sample.
fn predicted(name: &str, x: &[f32]) -> Vec<f32> {
    let model = hls4rs::convert(source(name), &Attributes::new()).unwrap().model;
    let x = Tensor::new(&[1, x.len()], x.to_vec()).unwrap();
    let prediction = hls4rs::predict(&model, &[x], PredictOptions::default()).unwrap();
    prediction.outputs[0].view::<f32>().unwrap().iter().copied().collect()
}

#[test]
fn all_five_problems_are_listed() {
    let found = hls4rs::doctor(source("unsupported.onnx")).unwrap();
    let errors: Vec<&Diagnostic> = found.iter().filter(|found| found.severity == Severity::Error).collect();
    let places = [
        "`/act/Gelu` (Gelu)",
        "`/norm/LayerNormalization` (LayerNormalization)",
        "`/clip/Clip` (Clip)",
        "`/up/ConvTranspose` (ConvTranspose)",
        "`/flatten/Flatten` (Flatten)",
    ];
    assert_eq!(errors.len(), places.len(), "{errors:?}");
    for (error, place) in errors.iter().zip(places) {
        assert!(error.to_string().contains(place), "{error}");
        let help = error.help.as_deref().unwrap();
        assert!(help.contains("backends") || help.contains("Vitis"), "{help}");
    }
    let error = hls4rs::convert(source("unsupported.onnx"), &Attributes::new()).unwrap_err().to_string();
    assert!(error.contains("5 problems"), "{error}");
}

#[test]
fn truncation_rounds_down_and_keeps_the_scale() {
    assert_eq!(predicted("trunc.onnx", &[1.03, -0.9, 0.2, 3.0]), [0.125, -0.125, 0.0, 0.375]);
}

#[test]
fn quantizers_have_two_names_and_two_levels() {
    // hls4ml hands one bit over, which is 0 for −1
    assert_eq!(predicted("int_quant.onnx", &[1.0, 0.5]), [1.0, 0.0]);
}

#[test]
fn quantizers_of_onnx_are_those_of_qonnx() {
    // 4 bits without a sign, with an eighth as a step
    assert_eq!(predicted("qcdq.onnx", &[1.0, 0.5]), [2.5, 13.875]);
    assert_eq!(predicted("qcdq.onnx", &[9.0, -1.0]), [3.75, -3.75]);
}

#[test]
fn products_have_factors_and_weights_in_other_files() {
    assert_eq!(predicted("external.onnx", &[1.0, 2.0]), [3.5, 6.0, 8.5]);
}

#[test]
fn weights_are_read_from_below_the_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("below");
    fs::create_dir(&below).unwrap();
    let bytes = fs::read(source("external.onnx")).unwrap();
    for location in ["../xternal.b", "/xternal.bin", "..\\xternal.b"] {
        let mut changed = bytes.clone();
        while let Some(place) = changed.windows(12).position(|window| window == b"external.bin") {
            changed[place..place + 12].copy_from_slice(&location.as_bytes()[..12]);
        }
        fs::write(folder.path().join("xternal.b"), [0; 64]).unwrap();
        fs::write(below.join("model.onnx"), &changed).unwrap();
        let error = hls4rs::doctor(below.join("model.onnx")).unwrap_err().to_string();
        assert!(error.contains("below the model's folder"), "{error}");
    }
}

#[test]
fn what_was_moved_and_left_out_is_said() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("onnx");
    let found = hls4rs::doctor(folder.join("torch_cnn/source.onnx")).unwrap();
    assert!(found.iter().any(|found| found.id == "changed-layout"), "{found:?}");
    let model = hls4rs::convert(folder.join("torch_cnn/source.onnx"), &Attributes::new()).unwrap().model;
    let shape = &model.graph.output_variable("global_in").unwrap().shape;
    assert_eq!(shape, &[8, 8, 2]);
    let names: Vec<&str> = model.graph.layers().map(|(name, _)| name).collect();
    assert!(
        names.contains(&"Conv2D_Conv_1") && !names.iter().any(|name| name.contains("Transpose")),
        "{names:?}"
    );
}
