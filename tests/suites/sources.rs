//! From the source model alone: what hls4ml's own test of its archives checks, and more. Each model is converted, saved, opened
//! and predicted with for every backend and interface, and compared with what hls4ml made of the same source.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use hls4rs::backend::configure::Granularity;
use hls4rs::graph::FlowOptions;
use hls4rs::prelude::*;
use hls4rs::{Category, ConfigurationOptions, Conversion, PredictOptions};
use hls4rs_tests::{Golden, attributes, goldens};
use serde_json::json;

/// Attributes that are text of C++, which hls4rs does not write.
const CPP: [&str; 3] = ["_cpp", ": include_header", "_codegen"];

/// Options that hls4ml notes behind its last flow, where a conversion of ours does not get to.
const NOTED: [&str; 2] = ["config.config.InputShapes", "config.config.OutputShapes"];

/// Goldens that hls4ml 1.3.0 made, each with the source that it was converted from.
fn cases() -> Vec<(&'static Golden, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources");
    let source = |golden: &Golden| {
        let model = golden.name.split('-').next()?;
        let paths = ["h5", "keras", "onnx"].map(|ending| folder.join(model).with_extension(ending));
        paths.into_iter().find(|path| path.is_file())
    };
    let found: Vec<_> =
        goldens().iter().filter_map(|golden| source(golden).map(|path| (golden, path))).collect();
    assert!(found.len() >= 80, "found {} goldens with a source", found.len());
    found
}

/// The arguments that the golden was converted with: hls4ml's configuration by name, and what is said beside the source.
fn arguments(golden: &Golden, source: &Path) -> Attributes {
    let case = golden.case();
    let options = ConfigurationOptions {
        granularity: Some(Granularity::Name),
        backend: Some(case.backend.clone()),
        ..ConfigurationOptions::default()
    };
    let mut hls = hls4rs::configuration(source, &options).unwrap();
    let said = fs::read(source.with_extension("json")).unwrap();
    let said: Attributes = serde_json::from_slice(&said).unwrap();
    let Some(Attribute::Map(layers)) = hls.get_mut("LayerName") else { panic!("no entries by name") };
    for (layer, said) in said.iter() {
        let Some(Attribute::Map(entry)) = layers.get_mut(layer) else { panic!("no entry for `{layer}`") };
        merge(entry, said.as_map().unwrap());
    }
    let texts = [("backend", case.backend), ("io_type", case.io_type), ("output_dir", "prj".to_owned())];
    let mut arguments = Attributes::from(texts);
    arguments.insert("hls_config", hls);
    arguments
}

fn merge(into: &mut Attributes, said: &Attributes) {
    for (key, value) in said.iter() {
        match (into.get_mut(key), value) {
            (Some(Attribute::Map(into)), Attribute::Map(said)) => merge(into, said),
            _ => drop(into.insert(key, value.clone())),
        }
    }
}

fn converted(golden: &Golden, source: &Path) -> Model {
    match hls4rs::convert(source, &arguments(golden, source)) {
        Ok(Conversion { model, .. }) => model,
        Err(error) => panic!("{}: {error}", golden.name),
    }
}

#[test]
fn models_are_those_that_hls4ml_converts() {
    for (golden, source) in cases() {
        let mut model = converted(golden, &source);
        let backend = hls4rs::expect_backend(&golden.case().backend).unwrap();
        let flow = backend.default_flow().name;
        let applied = hls4rs::apply_flow(&mut model.graph, flow, &mut FlowOptions::default());
        if golden.name.starts_with("distributed_arithmetic") {
            let error = applied.unwrap_err().to_string();
            assert!(error.contains("distributed arithmetic"), "{}: {error}", golden.name);
            continue;
        }
        applied.unwrap();
        let mut found = hls4rs::diff(golden.model(), &model);
        let is_text = |place: &str| CPP.iter().any(|attribute| place.ends_with(attribute));
        let is_noted = |place: &str| NOTED.iter().any(|option| place.starts_with(option));
        found.retain(|found| {
            let place = found.place.as_str();
            found.category != Category::Provenance && !is_text(place) && !is_noted(place)
        });
        assert!(found.is_empty(), "{}: {found:#?}", golden.name);
    }
}

#[test]
fn models_predict_what_was_recorded_also_when_opened_again() {
    let mut predicted = 0;
    for (golden, source) in cases() {
        let model = converted(golden, &source);
        let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
        let reopened = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        assert_eq!(reopened, model, "{}", golden.name);
        let Some(recorded) = golden.recorded() else { continue };
        for model in [&model, &reopened] {
            let plan = hls4rs::plan(model).unwrap_or_else(|error| panic!("{}: {error}", golden.name));
            let found = plan.predict(&recorded.inputs, PredictOptions::default()).unwrap();
            for (found, expected) in found.outputs.iter().zip(&recorded.outputs) {
                let bits =
                    |array: &Tensor| -> Vec<u64> { array.iter_f64().unwrap().map(f64::to_bits).collect() };
                assert_eq!(bits(found), bits(expected), "{}", golden.name);
            }
        }
        predicted += 1;
    }
    assert!(predicted >= 60, "predicted with {predicted} models");
}

#[test]
fn a_configuration_is_checked_before_anything_is_converted() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources/mlp.h5");
    let convert = |model: serde_json::Value| {
        let arguments = attributes(json!({"hls_config": {"Model": model, "LayerName": {"nobody": {}}}}));
        hls4rs::convert(&source, &arguments)
    };
    let good = json!({"Precision": {"default": "fixed<16,6>"}, "ReuseFactor": 1});
    let converted = convert(good).unwrap();
    let found: Vec<String> = converted.diagnostics.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|found| found.contains("`LayerName.nobody`")), "{found:?}");
    let wrong = json!({
        "Precision": {"default": "fixed<16,x>", "weight": 3}, "ReuseFactor": 0, "Strategy": "Latencia",
    });
    let error = convert(wrong).unwrap_err().to_string();
    for expected in [
        "`Model.Precision.default`: precision `fixed<16,x>`, character 10: expected the number of integer bits, found `x`\n",
        "`Model.Precision.weight`: expected a precision, or a map of precisions, found 3",
        "`Model.ReuseFactor`: expected an integer from 1, found 0",
        "`Model.Strategy`: expected one of `latency`, ",
    ] {
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn vertices_have_to_be_divided_into_equal_groups() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources/garnet.h5");
    let convert = |reuse: i64| {
        let model = json!({"Precision": {"default": "fixed<16,6>"}, "ReuseFactor": reuse});
        hls4rs::convert(&source, &attributes(json!({"hls_config": {"Model": model}})))
    };
    assert!(convert(4).is_ok());
    let error = convert(3).unwrap_err().to_string();
    assert!(error.contains("`reuse_factor`: expected a divisor of the 8 vertices, found 3"), "{error}");
}
