//! What backends make of models is what hls4ml's own objects say; see `python/specialized.py`.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use hls4rs::backend::{PipelineStyle, Pragma, Specialized, SpecializedVariable, specialize};
use hls4rs::graph::FlowOptions;
use hls4rs::prelude::*;
use hls4rs::types::WeightForm;
use hls4rs::{Category, PredictOptions, diff};
use hls4rs_tests::goldens;
use serde_json::{Map, Value, json};

/// Files of `specialized` with this extension, with their names.
fn files(extension: &str, at_least: usize) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specialized");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    found.sort();
    assert!(found.len() >= at_least, "found {} files", found.len());
    found
}

/// Models as hls4ml saved them before it gave layers the backend's types.
fn optimized() -> Vec<(String, Model)> {
    files("fml", 19).into_iter().map(|(name, path)| (name, hls4rs::open(path).unwrap())).collect()
}

/// The golden of that name as hls4ml saved it in the end.
fn golden(name: &str) -> Option<&'static Model> {
    goldens().iter().find(|golden| golden.name == name).map(|golden| golden.model())
}

/// What hls4ml says of a model. What is told by an empty text and by nothing is the same.
fn told(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("specialized/{name}.json"));
    let mut told: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    for layer in told["layers"].as_object_mut().unwrap().values_mut() {
        for variable in layer["variables"].as_object_mut().unwrap().values_mut() {
            if variable["pragma"] == "" {
                variable["pragma"] = Value::Null;
            }
        }
    }
    told
}

/// The same in the same form, from our tables.
fn found(graph: &ModelGraph) -> Value {
    let specialized = specialize(graph).unwrap();
    let pipeline = match specialized.pipeline_style().unwrap() {
        Some(PipelineStyle::Pipeline { interval }) => json!(["pipeline", interval]),
        Some(PipelineStyle::Dataflow) => json!(["dataflow", null]),
        None => json!([graph.config.pipeline_style, graph.config.pipeline_interval]),
    };
    let layers: Map<String, Value> =
        graph.layers().map(|(name, _)| (name.to_owned(), layer(&specialized, name))).collect();
    json!({"pipeline": pipeline, "layers": layers})
}

fn layer(specialized: &Specialized<'_>, name: &str) -> Value {
    let layer = specialized.layer(name).unwrap();
    let state = specialized.state(name).unwrap();
    let types: Map<String, Value> =
        layer.types.iter().map(|(name, ty)| (name.clone(), json!(ty.definition().unwrap()))).collect();
    let variables: Map<String, Value> =
        layer.variables.iter().map(|(name, found)| (name.clone(), variable(found))).collect();
    let weights: Map<String, Value> = layer
        .weights
        .iter()
        .map(|(name, weight)| {
            let class = match state.weight(name).unwrap().form {
                WeightForm::Exponent => "ExponentWeightVariable",
                WeightForm::Compressed { .. } => "CompressedWeightVariable",
                _ => "WeightVariable",
            };
            let found = json!({
                "name": weight.name,
                "type": weight.ty.definition().unwrap(),
                "storage": weight.storage.to_string(),
                "class": class,
            });
            (name.clone(), found)
        })
        .collect();
    json!({"types": types, "variables": variables, "weights": weights})
}

fn variable(found: &SpecializedVariable) -> Value {
    let pragma = match found.pragma {
        Pragma::None => Value::Null,
        Pragma::Stream { depth } => json!(["stream", depth]),
        other => json!(other.to_string()),
    };
    json!({
        "name": found.name,
        "kind": found.kind.to_string(),
        "type": found.ty.definition().unwrap(),
        "pragma": pragma,
        "n_pack": found.ty.n_pack(),
    })
}

fn assert_told(name: &str, graph: &ModelGraph) {
    let (told, found) = (told(name), found(graph));
    assert_eq!(found["pipeline"], told["pipeline"], "{name}");
    for (layer, told) in told["layers"].as_object().unwrap() {
        assert_eq!(&found["layers"][layer], told, "{name}: {layer}");
    }
    assert_eq!(
        found["layers"].as_object().unwrap().len(),
        told["layers"].as_object().unwrap().len(),
        "{name}"
    );
}

#[test]
fn goldens_are_what_hls4ml_says() {
    let mut compared = 0;
    for (name, _) in files("json", 90) {
        if let Some(model) = golden(&name) {
            assert_told(&name, &model.graph);
            compared += 1;
        }
    }
    assert!(compared >= 85, "{compared}");
}

#[test]
fn models_before_their_types_are_what_hls4ml_says() {
    for (name, model) in optimized() {
        assert_told(&name, &model.graph);
    }
}

#[test]
fn flows_give_what_hls4ml_saves() {
    let mut compared = 0;
    for (name, mut model) in optimized() {
        let Some(expected) = golden(&name) else { continue };
        let backend = hls4rs::backend(model.graph.config.backend()).unwrap();
        let flow = backend.default_flow().requires.iter().find(|flow| flow.name.ends_with(":specific_types"));
        model.graph.set_extensions(backend);
        model.graph.apply_steps(flow.unwrap(), &mut FlowOptions::default()).unwrap();
        let mut expected = expected.clone();
        drop_code(&mut expected);
        for added in ["InputShapes", "OutputShapes"] {
            // hls4ml notes them down at the end of the conversion
            expected.graph.config.options.remove(added);
        }
        let differences = diff(&model, &expected);
        let lines: Vec<String> = differences
            .iter()
            .filter(|difference| difference.category != Category::Provenance)
            .map(ToString::to_string)
            .collect();
        assert!(lines.is_empty(), "{name}: {lines:#?}");
        compared += 1;
    }
    assert!(compared >= 11, "{compared}");
}

/// Takes the C++ that hls4ml wrote into layers.
fn drop_code(model: &mut Model) {
    for (_, layer) in model.graph.layers_mut() {
        let attributes = &mut layer.state_mut().attributes;
        let is_code = |(name, value): &(&str, &Attribute)| {
            name.ends_with("_cpp") || *name == "include_header" || value.as_source().is_some()
        };
        let code: Vec<String> = attributes.iter().filter(is_code).map(|(name, _)| name.to_owned()).collect();
        for name in code {
            attributes.remove(&name);
        }
    }
}

#[test]
fn models_before_their_types_predict_the_same() {
    let mut compared = 0;
    for (name, model) in optimized() {
        let recorded =
            goldens().iter().find(|golden| golden.name == name).and_then(|golden| golden.recorded());
        let Some(recorded) = recorded else { continue };
        let plan = hls4rs::plan(&model).unwrap();
        for is_reference in [true, false] {
            let options = PredictOptions::default().with_reference(is_reference);
            let found = plan.predict(&recorded.inputs, options).unwrap().outputs;
            for (found, expected) in found.iter().zip(&recorded.outputs) {
                let bits = |array: &Tensor| array.iter_f64().unwrap().map(f64::to_bits).collect::<Vec<_>>();
                assert_eq!(bits(found), bits(expected), "{name}");
                compared += found.len();
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}
