//! O: objects of Python classes.

use hls4rs::archive::member::{CONFIG, LAYERS};
use hls4rs::prelude::*;
use serde_json::{Value, json};

use super::{array, note, read, refusal, saved, specification, with_json};

const TYPES: &str = "hls4ml.model.types.";

fn object(class: &str, state: Value) -> Value {
    json!({"class_name": format!("{TYPES}{class}"), "state": state})
}

fn precision() -> Value {
    object("IntegerPrecisionType", json!({"width": 8, "signed": true}))
}

fn named() -> Value {
    object("NamedType", json!({"name": "a_t", "precision": precision()}))
}

/// The attribute that a tree of JSON is.
fn attribute(tree: &Value) -> Attribute {
    note(&read(&with_json(tree))).clone()
}

fn is_known(value: &Attribute) -> bool {
    !matches!(value, Attribute::Map(_) | Attribute::Object(_))
}

/// What the states of these classes hold at least.
fn least(class: &str) -> Value {
    let variable = json!({"name": "a", "type": named(), "shape": [2]});
    // arrays are in the inline form
    let data =
        json!({"@ndarray_dtype": "float32", "shape": [1], "fortran_order": false, "bytes": "00000000"});
    let weight = json!({"name": "w", "type": named(), "data": data, "quantizer": null});
    match class {
        "IntegerPrecisionType" | "ExponentPrecisionType" => json!({"width": 8, "signed": true}),
        "FixedPrecisionType" => json!({"width": 8, "signed": true, "integer": 2}),
        "XnorPrecisionType" | "UnspecifiedPrecisionType" => json!({}),
        "FloatPrecisionType" => json!({"width": 32, "integer": 1, "exponent": 8}),
        "StandardFloatPrecisionType" => json!({"width": 32, "exponent": 8, "use_cpp_type": true}),
        "NamedType" | "ExponentType" => json!({"name": "a_t", "precision": precision()}),
        "CompressedType" => {
            json!({"name": "a_t", "precision": precision(), "index_precision": precision()})
        }
        "PackedType" => json!({"name": "a_t", "precision": precision(), "n_elem": 4, "n_pack": -2}),
        "TensorVariable" | "StructWrapperVariable" => variable,
        "InplaceTensorVariable" => {
            let mut inplace = variable.clone();
            inplace["input_var"] = json!({"class_name": format!("{TYPES}TensorVariable"), "state": variable});
            inplace
        }
        "WeightVariable" | "ExponentWeightVariable" | "CompressedWeightVariable" => weight,
        "Source" => json!({"code": "x"}),
        other => panic!("no state for {other}"),
    }
}

/// The classes in the table of the specification.
fn classes() -> Vec<String> {
    let text = specification();
    let (_, table) = text.split_once("| class in `hls4ml.model.types` | state |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(','));
    names.map(|name| name.trim().trim_matches('`').to_owned()).collect()
}

#[test]
fn o1_an_object_is_a_map_of_class_and_state() {
    assert!(is_known(&attribute(&precision())));
    let inside = attribute(&json!([{"a": precision()}]));
    let map = inside.as_list().unwrap()[0].as_map().unwrap();
    assert!(is_known(map.get("a").unwrap()));
    for other in [
        json!({"class_name": "a.B", "state": {}, "more": 1}),
        json!({"class_name": "a.B", "state": []}),
        json!({"class_name": 1, "state": {}}),
        json!({"class_name": "a.B"}),
    ] {
        assert!(matches!(attribute(&other), Attribute::Map(_)), "{other}");
    }
}

#[test]
fn o2_the_classes_of_the_table_are_known() {
    let classes = classes();
    assert_eq!(classes.len(), 18);
    for class in &classes {
        let value = attribute(&object(class, least(class)));
        assert!(is_known(&value), "{class}: {value:?}");
    }
    let short = attribute(&object("FixedPrecisionType", least("FixedPrecisionType")));
    assert_eq!(short, Attribute::Precision("fixed<8,2,TRN,WRAP,0>".parse().unwrap()));
    for (class, state) in [
        ("XnorPrecisionType", json!({"width": 1, "signed": false})),
        ("UnspecifiedPrecisionType", json!({"width": 0, "signed": false})),
    ] {
        assert_eq!(attribute(&object(class, state)), attribute(&object(class, json!({}))));
    }
}

#[test]
fn o3_quantizers_modes_and_shapes() {
    let fixed = |mode: &str| {
        let state = json!({"width": 8, "signed": true, "integer": 2, "rounding_mode": mode});
        with_json(&object("FixedPrecisionType", state))
    };
    assert_eq!(
        note(&read(&fixed("RND_CONV"))),
        &Attribute::Precision("fixed<8,2,RND_CONV>".parse().unwrap())
    );
    for wrong in ["rnd_conv", "AP_RND_CONV", "RoundingMode.RND_CONV"] {
        assert!(refusal(&fixed(wrong).pack()).contains("rounding_mode"), "{wrong}");
    }
    let class = "hls4ml.model.quantizers.BinaryQuantizer";
    assert!(is_known(&attribute(&json!({"class_name": class, "state": {"bits": 1}}))));
    let shape = object("TensorVariable", json!({"name": "a", "type": named(), "shape": [-1, 2]}));
    assert!(is_known(&attribute(&shape)));
}

#[test]
fn o4_what_is_not_known_is_kept_whole() {
    let mut further = precision();
    further["state"]["colour"] = json!({"z": 1, "a": [1.5]});
    let unknown = json!({"class_name": "nobody.Thing", "state": {"b": precision(), "a": 1}});
    for tree in [further, unknown] {
        let model = read(&with_json(&tree));
        assert!(matches!(note(&model), Attribute::Object(_)));
        assert_eq!(saved(&model).json(LAYERS)["fc1"]["state"]["attributes"]["note"], tree);
    }
}

#[test]
fn o5_known_fields_are_checked() {
    for class in classes() {
        let whole = least(&class);
        for key in whole.as_object().unwrap().keys().filter(|key| *key != "quantizer") {
            let mut missing = whole.clone();
            missing.as_object_mut().unwrap().remove(key);
            assert!(refusal(&with_json(&object(&class, missing)).pack()).contains("`note"), "{class}: {key}");
            let mut wrong = whole.clone();
            wrong[key] = json!([null]);
            assert!(refusal(&with_json(&object(&class, wrong)).pack()).contains("`note"), "{class}: {key}");
        }
        let mut optional = whole.clone();
        if optional.as_object_mut().unwrap().remove("quantizer").is_some() {
            assert_eq!(attribute(&object(&class, optional)), attribute(&object(&class, whole)), "{class}");
        }
    }
}

#[test]
fn o6_the_inline_form_is_an_array() {
    let tree = serde_json::to_value(Attribute::from(array())).unwrap();
    assert!(tree.get("@ndarray_dtype").is_some());
    let model = read(&with_json(&tree));
    assert_eq!(note(&model), &Attribute::from(array()));
    assert_eq!(saved(&model).json(LAYERS)["fc1"]["state"]["attributes"]["note"], "@ndarray:fc1_note.npy");
    let option = with_json(&json!(1)).edited(CONFIG, |config| config["config"]["Note"] = tree.clone());
    assert_eq!(saved(&read(&option)).json(CONFIG)["config"]["Note"], tree);
    for key in ["@ndarray_dtype", "shape", "fortran_order", "bytes"] {
        let mut wrong = tree.clone();
        wrong[key] = json!("?");
        assert!(refusal(&with_json(&wrong).pack()).starts_with("member `model_arch.json`"), "{key}");
    }
}
