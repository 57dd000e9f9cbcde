//! Faults of hls4ml's writer are repaired unless the archive is written verbatim, and nothing else is touched.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::REPAIRS;
use hls4rs::archive::member::{CONFIG, LAYERS, MANIFEST};
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, goldens};
use serde_json::{Value, json};

const TYPES: &str = "hls4ml.model.types.";

/// A place in a tree of JSON, and what is there before and after.
struct Change {
    place: String,
    before: Value,
    after: Value,
}

/// Everything that differs between two trees.
fn changes(before: &Value, after: &Value) -> Vec<Change> {
    fn walk(place: &str, before: &Value, after: &Value, found: &mut Vec<Change>) {
        match (before, after) {
            (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
                a.iter().for_each(|(key, value)| walk(&format!("{place}/{key}"), value, &b[key], found));
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                a.iter().zip(b).for_each(|(a, b)| walk(place, a, b, found));
            }
            (a, b) if a == b => {}
            (a, b) => found.push(Change { place: place.to_owned(), before: a.clone(), after: b.clone() }),
        }
    }
    let mut found = Vec::new();
    walk("", before, after, &mut found);
    found
}

/// The changes that repairs make to the layers; the archive that is written verbatim must be the first one.
fn repaired(archive: &Archive) -> Vec<Change> {
    let model = archive.read(&ReadOptions::default()).unwrap();
    let verbatim = Archive::saved(&model, &SaveOptions::default().with_verbatim(true));
    let plain = Archive::saved(&model, &SaveOptions::default());
    assert_eq!(verbatim.json(LAYERS), archive.json(LAYERS));
    for (name, content) in &plain.members {
        let is_repaired = [LAYERS, CONFIG, MANIFEST].contains(&name.as_str());
        let mut same = verbatim.members.iter().filter(|(_, other)| other == content);
        assert!(is_repaired || same.next().is_some(), "member `{name}` is another one");
    }
    let mut changes = changes(&verbatim.json(LAYERS), &plain.json(LAYERS));
    changes.retain(|change| !is_other_name_of_same_array(change, &verbatim, &plain));
    changes
}

/// Equal arrays are stored once unless written verbatim.
fn is_other_name_of_same_array(change: &Change, verbatim: &Archive, plain: &Archive) -> bool {
    let member =
        |value: &Value| value.as_str().and_then(|text| text.strip_prefix("@ndarray:")).map(str::to_owned);
    match (member(&change.before), member(&change.after)) {
        (Some(before), Some(after)) => verbatim.content(&before) == plain.content(&after),
        _ => false,
    }
}

/// Which repair a change is.
fn repair_of(change: &Change) -> &'static str {
    let Change { place, before, after } = change;
    if *before == json!({"width": 1, "signed": false}) && *after == json!({}) {
        return "xnor-state";
    }
    if let (Some(before), Some(after)) = (before.as_str(), after.as_str())
        && place.ends_with("/state/name")
        && ["inputs.", "outputs."].iter().any(|prefix| before.strip_prefix(prefix) == Some(after))
    {
        return "quartus-struct-prefix";
    }
    panic!("{place}: {before} → {after} is no repair")
}

#[test]
fn goldens_are_changed_only_by_repairs() {
    for golden in goldens() {
        let graph = &golden.model().graph;
        let found: Vec<&str> = repaired(&Archive::golden(&golden.name)).iter().map(repair_of).collect();
        let count = |repair: &str| found.iter().filter(|found| **found == repair).count();
        let is_binary = golden.name.starts_with("binary-");
        assert_eq!(count("xnor-state"), if is_binary { 6 } else { 0 }, "{}", golden.name);
        let has_struct = graph.config.backend() == "Quartus" && graph.config.io_type() == "io_parallel";
        let n_ports = graph.inputs().len() + graph.outputs().len();
        assert_eq!(count("quartus-struct-prefix"), if has_struct { n_ports } else { 0 }, "{}", golden.name);
    }
}

#[test]
fn a_repaired_model_is_the_same_but_for_the_struct() {
    for golden in goldens() {
        let model = golden.model();
        let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
        let reopened = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        let differences = hls4rs::diff(model, &reopened);
        if !golden.name.contains("quartus-io_parallel") {
            assert!(reopened == *model && differences.is_empty(), "{}: {differences:?}", golden.name);
            continue;
        }
        let ports = model.graph.inputs().iter().chain(model.graph.outputs());
        let places: Vec<String> =
            ports.map(|port| format!("{}: {port}.name", model.graph.producer(port).unwrap().0)).collect();
        let found: Vec<&str> = differences.iter().map(|difference| difference.place.as_str()).collect();
        assert_eq!(found, places, "{}", golden.name);
        let again = reopened.to_bytes(&SaveOptions::default()).unwrap();
        assert_eq!(again, bytes, "{}: a second repair changes something", golden.name);
    }
}

#[test]
fn memory_in_place_of_an_input_keeps_the_prefix() {
    let archive = Archive::golden("mlp-quartus-io_parallel").edited(LAYERS, |layers| {
        let input = layers["features"]["state"]["attributes"]["features"].clone();
        assert_eq!(input["state"]["name"], "inputs.features");
        let inplace = |variable: &mut Value| {
            variable["class_name"] = json!("hls4ml.model.types.InplaceTensorVariable");
            variable["state"]["input_var"] = input.clone();
        };
        inplace(&mut layers["dense_1"]["state"]["attributes"]["dense_1"]);
        inplace(&mut layers["dense_4_softmax"]["state"]["attributes"]["dense_4_softmax"]);
    });
    let changes = repaired(&archive);
    let places: Vec<&str> = changes.iter().map(|change| change.place.as_str()).collect();
    let expected = [
        "/features/state/attributes/features/state/name",
        "/dense_4_softmax/state/attributes/dense_4_softmax/state/name",
    ];
    assert_eq!(places, expected);
}

#[test]
fn only_quartus_in_parallel_has_a_struct() {
    let with = |key: &str, value: &str| {
        let edit = |config: &mut Value| config["config"][key] = json!(value);
        repaired(&Archive::golden("mlp-quartus-io_parallel").edited(CONFIG, edit)).len()
    };
    assert_eq!(
        (with("IOType", "io_parallel"), with("IOType", "io_stream"), with("Backend", "Vivado")),
        (2, 0, 0)
    );
}

/// A golden with another precision for one result.
fn with_precision(class: &str, state: Value) -> Archive {
    let precision = json!({"class_name": format!("{TYPES}{class}"), "state": state});
    Archive::golden("mlp-vivado-io_parallel").edited(LAYERS, |layers| {
        layers["dense_2"]["state"]["attributes"]["accum_t"]["state"]["precision"] = precision;
    })
}

#[test]
fn states_that_constructors_refuse_are_repaired() {
    let float = json!({"width": 33, "signed": true, "integer": 2, "exponent": 8, "rounding_mode": "TRN"});
    let standard = json!({"width": 32, "signed": true, "exponent": 8, "use_cpp_type": true});
    for (class, state, repaired_state) in [
        ("XnorPrecisionType", json!({"width": 1, "signed": false}), json!({})),
        ("UnspecifiedPrecisionType", json!({"width": 0, "signed": false}), json!({})),
        (
            "FloatPrecisionType",
            float,
            json!({"width": 33, "integer": 2, "exponent": 8, "rounding_mode": "TRN"}),
        ),
        ("StandardFloatPrecisionType", standard, json!({"width": 32, "exponent": 8, "use_cpp_type": true})),
    ] {
        let archive = with_precision(class, state.clone());
        let changes = repaired(&archive);
        let [Change { before, after, .. }] = changes.as_slice() else { panic!("{class}: {}", changes.len()) };
        assert_eq!((before, after), (&state, &repaired_state), "{class}");
        let model = archive.read(&ReadOptions::default()).unwrap();
        let reopened = Archive::saved(&model, &SaveOptions::default()).read(&ReadOptions::default());
        assert_eq!(reopened.unwrap(), model, "{class}");
    }
}

#[test]
fn precisions_without_fault_stay() {
    for (class, state) in [
        ("IntegerPrecisionType", json!({"width": 8, "signed": false})),
        ("ExponentPrecisionType", json!({"width": 4, "signed": true})),
    ] {
        assert_eq!(repaired(&with_precision(class, state)).len(), 0, "{class}");
    }
}

/// A golden with a number in the place of a bias, as of a GRU that applies its reset gate before the product.
fn with_number() -> Archive {
    Archive::golden("gru-vivado-io_parallel").edited(LAYERS, |layers| {
        let attributes = &mut layers["gru_1"]["state"]["attributes"];
        attributes["bias_data"] = json!(-0.25);
        attributes["bias"]["state"]["data"] = json!(-0.25);
    })
}

#[test]
fn weights_that_are_numbers_become_arrays() {
    let archive = with_number();
    let model = archive.read(&ReadOptions::default()).unwrap();
    let verbatim = Archive::saved(&model, &SaveOptions::default().with_verbatim(true));
    assert_eq!(verbatim.json(LAYERS), archive.json(LAYERS));
    let plain = Archive::saved(&model, &SaveOptions::default());
    let mut changes = changes(&verbatim.json(LAYERS), &plain.json(LAYERS));
    changes.retain(|change| !is_other_name_of_same_array(change, &verbatim, &plain));
    let [Change { place, before, after }] = changes.as_slice() else { panic!("{}", changes.len()) };
    assert_eq!((place.as_str(), before), ("/gru_1/state/attributes/bias/state/data", &json!(-0.25)));
    assert!(after.as_str().unwrap().starts_with("@ndarray:"), "{after}");

    let reopened = plain.read(&ReadOptions::default()).unwrap();
    let bias = |model: &Model| model.graph.layer("gru_1").unwrap().state().weight("bias").unwrap().clone();
    let (number, array) = (bias(&model), bias(&reopened));
    assert_eq!((number.is_number, array.is_number), (true, false));
    assert_eq!(number.data, Tensor::new(&[], vec![-0.25f64]).unwrap());
    assert_eq!(number.data, array.data);
    assert_eq!(Archive::saved(&reopened, &SaveOptions::default()).json(LAYERS), plain.json(LAYERS));
    let error = hls4rs::plan(&model).unwrap_err().to_string();
    assert!(error.contains("gru_1 (GRU): `bias`: expected an array, found a number"), "{error}");
}

#[test]
fn testbench_data_that_is_not_packed_is_not_promised() {
    let archive = Archive::golden("mlp-vivado-io_parallel").edited(CONFIG, |config| {
        config["config"]["InputData"] = json!("tb/x.npy");
        config["config"]["OutputPredictions"] = json!("tb/y.npy");
    });
    let archive = archive.with("input_data_tb.npy", "data");
    let model = archive.read(&ReadOptions::default()).unwrap();
    let saved = |verbatim: bool| {
        let options = SaveOptions::default().with_verbatim(verbatim);
        let config = Archive::saved(&model, &options).json(CONFIG);
        (config["config"]["InputData"].clone(), config["config"]["OutputPredictions"].clone())
    };
    assert_eq!(saved(true), (json!("tb/x.npy"), json!("tb/y.npy")));
    assert_eq!(saved(false), (json!("tb/x.npy"), json!(null)));
}

#[test]
fn the_list_of_repairs_is_what_is_tested_here() {
    let names: Vec<&str> = REPAIRS.iter().map(|(name, _)| *name).collect();
    let tested = [
        "xnor-state",
        "unspecified-state",
        "float-sign",
        "number-weights",
        "quartus-struct-prefix",
        "testbench-data",
    ];
    assert_eq!(names, tested);
}
