//! The serde form of every type is the archive's JSON, in both directions, and errors tell the place.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking, helper functions too")]

use hls4rs_types::{
    AnyQuantizer, Attribute, Attributes, NamedType, Precision, Source, Tensor, TensorVariable, TypeForm,
    UnknownObject, WeightVariable, from_attribute, to_attribute,
};
use serde_json::{Value, json};

/// Reads the JSON as an attribute, prints it again, and compares.
fn round_trip(wire: &Value) -> Attribute {
    let attribute: Attribute =
        serde_json::from_value(wire.clone()).unwrap_or_else(|error| panic!("{error}: {wire}"));
    assert_eq!(&serde_json::to_value(&attribute).unwrap(), wire);
    let raw = to_attribute(&attribute).unwrap();
    assert_eq!(from_attribute::<Attribute>(&raw).unwrap(), attribute);
    attribute
}

fn fixed() -> Value {
    json!({"class_name": "hls4ml.model.types.FixedPrecisionType", "state": {
        "width": 16, "signed": true, "integer": 6, "rounding_mode": "RND_MIN_INF",
        "saturation_mode": "SAT_SYM", "saturation_bits": 0,
    }})
}

fn named() -> Value {
    json!({"class_name": "hls4ml.model.types.NamedType", "state": {"name": "result_t", "precision": fixed()}})
}

fn weight(quantizer: &Value) -> Value {
    json!({"class_name": "hls4ml.model.types.WeightVariable", "state": {
        "name": "w2", "type": named(), "quantizer": quantizer,
        "data": {"@ndarray_dtype": "float32", "shape": [2], "fortran_order": false, "bytes": "0000803f00000040"},
    }})
}

#[test]
fn precisions() {
    let state = |name: &str, state: Value| json!({"class_name": format!("hls4ml.model.types.{name}"), "state": state});
    for wire in [
        fixed(),
        state("IntegerPrecisionType", json!({"width": 8, "signed": false})),
        state("XnorPrecisionType", json!({"width": 1, "signed": false})),
        state("ExponentPrecisionType", json!({"width": 4, "signed": true})),
        state("UnspecifiedPrecisionType", json!({"width": 0, "signed": false})),
        state(
            "StandardFloatPrecisionType",
            json!({"width": 32, "signed": true, "exponent": 8, "use_cpp_type": true}),
        ),
        state(
            "FloatPrecisionType",
            json!({"width": 33, "signed": true, "integer": 2, "exponent": 8, "rounding_mode": "TRN"}),
        ),
    ] {
        assert!(matches!(round_trip(&wire), Attribute::Precision(_)), "{wire}");
    }
    let repaired = state("XnorPrecisionType", json!({}));
    assert_eq!(serde_json::from_value::<Attribute>(repaired).unwrap(), Attribute::Precision(Precision::Xnor));
}

#[test]
fn types_and_variables() {
    let packed = json!({"class_name": "hls4ml.model.types.PackedType", "state": {
        "name": "layer2_t", "precision": fixed(), "n_elem": 8, "n_pack": -2,
    }});
    let Attribute::Type(ty) = round_trip(&packed) else { panic!("not a type") };
    assert_eq!(ty.form, TypeForm::Packed { n_elem: 8, n_pack: 2, unpack: true });
    let variable = |class: &str, input: Option<Value>| {
        let mut wire = json!({"class_name": format!("hls4ml.model.types.{class}"), "state": {
            "name": "layer2_out", "type": packed, "shape": [2, 4],
        }});
        if let Some(input) = input {
            wire["state"]["input_var"] = input;
        }
        wire
    };
    let plain = variable("TensorVariable", None);
    round_trip(&plain);
    round_trip(&variable("InplaceTensorVariable", Some(plain)));
    round_trip(&variable("StructWrapperVariable", None));
    let compressed = json!({"class_name": "hls4ml.model.types.CompressedType", "state": {
        "name": "weight2_t", "precision": fixed(), "index_precision": fixed(),
    }});
    round_trip(&compressed);
    round_trip(&json!({"class_name": "hls4ml.model.types.Source", "state": {"code": "int x;"}}));
}

#[test]
fn weights_and_quantizers() {
    let quantizer = |name: &str, state: Value| json!({"class_name": format!("hls4ml.model.quantizers.{name}"), "state": state});
    let config = json!({"class_name": "quantized_bits", "config": {"bits": 4, "integer": 0, "alpha": 1.0}});
    for quantizer in [
        Value::Null,
        quantizer("BinaryQuantizer", json!({"bits": 2})),
        quantizer("TernaryQuantizer", json!({})),
        quantizer("QKerasQuantizer", json!({"config": config})),
        quantizer("QKerasBinaryQuantizer", json!({"config": config, "xnor": true})),
        quantizer("QKerasPO2Quantizer", json!({"config": config})),
        quantizer("QuantNodeQuantizer", json!({"precision": fixed()})),
        json!({"class_name": "somebody.Quantizer", "state": {"levels": [1, 2.5]}}),
    ] {
        let Attribute::Weight(weight) = round_trip(&weight(&quantizer)) else { panic!("not a weight") };
        assert_eq!(weight.data, Tensor::vector(vec![1f32, 2.0]));
        assert_eq!(weight.quantizer.is_some(), !quantizer.is_null());
    }
    let Attribute::Quantizer(known) = round_trip(&quantizer("QKerasQuantizer", json!({"config": config})))
    else {
        panic!("not a quantizer")
    };
    assert_eq!(known.describe(), "quantized_bits(bits=4, integer=0, alpha=1)");
    assert_eq!(known.precision(), Some(Precision::fixed(4, 1)));
}

#[test]
fn what_is_unknown_is_kept_whole() {
    let unknown = json!({"class_name": "somebody.Thing", "state": {"inner": named(), "list": [1, null]}});
    let Attribute::Object(object) = round_trip(&unknown) else { panic!("not kept") };
    let UnknownObject { class_name, state } = *object;
    assert_eq!(class_name, "somebody.Thing");
    assert!(state.get("inner").unwrap().as_type().is_some());

    let mut newer = named();
    newer["state"]["alignment"] = json!(4);
    assert!(matches!(round_trip(&newer), Attribute::Object(_)));
    let mut inside = named();
    inside["state"]["precision"] =
        json!({"class_name": "hls4ml.model.types.PositPrecisionType", "state": {"width": 8}});
    assert!(matches!(round_trip(&inside), Attribute::Object(_)));
    let not_an_object = json!({"class_name": "quantized_bits", "config": {}});
    assert!(matches!(round_trip(&not_an_object), Attribute::Map(_)));
}

#[test]
fn weights_may_be_numbers() {
    for number in [json!(-0.25), json!(1e-05), json!(0.0), json!(3)] {
        let mut wire = weight(&Value::Null);
        wire["state"]["data"] = number;
        let Attribute::Weight(read) = round_trip(&wire) else { panic!("{wire}") };
        assert!(read.is_number && read.data.rank() == 0, "{wire}");
    }
    // an array without dimensions stays one
    let mut wire = weight(&Value::Null);
    wire["state"]["data"] = json!({"@ndarray_dtype": "float64", "shape": [], "fortran_order": false, "bytes": "000000000000f0bf"});
    let Attribute::Weight(read) = round_trip(&wire) else { panic!("{wire}") };
    assert!(!read.is_number && read.data.rank() == 0);
}

#[test]
fn what_is_wrong_is_an_error_with_its_path() {
    let fail = |wire: &Value| serde_json::from_value::<Attribute>(wire.clone()).unwrap_err().to_string();
    let mut wrong = weight(&Value::Null);
    wrong["state"]["type"]["state"]["precision"]["state"]["width"] = json!("16");
    assert_eq!(fail(&wrong), "`type.precision.width`: expected u32, found string \"16\"");
    let mut wrong = named();
    wrong["state"]["precision"]["state"]["rounding_mode"] = json!("RND_UP");
    assert!(fail(&wrong).starts_with("`precision.rounding_mode`: expected one of `TRN`"), "{}", fail(&wrong));
    let mut wrong = weight(&Value::Null);
    wrong["state"]["data"] = json!("not an array");
    assert_eq!(fail(&wrong), "`data`: expected an array or a number, found a string");
    let mut wrong = named();
    wrong["state"].as_object_mut().unwrap().remove("precision");
    assert_eq!(fail(&wrong), "expected the field `precision`, found none");
    let wrong = json!({"class_name": "hls4ml.model.quantizers.BinaryQuantizer", "state": {"bits": 3}});
    assert_eq!(fail(&wrong), "expected 1 or 2 bits for a binary quantizer, found 3");
    let error = serde_json::from_str::<Attribute>(r#"{"a": 1, "a": 2}"#).unwrap_err().to_string();
    assert!(error.starts_with("the key `a` occurs twice"), "{error}");
    assert!(serde_json::from_str::<Attribute>("18446744073709551615").is_err());
}

#[test]
fn arrays_cross_the_bridge_without_a_copy() {
    let tensor = Tensor::zeros(&[3, 4]).unwrap();
    let ty = NamedType::new("weight_t", Precision::fixed(8, 2));
    let weight = WeightVariable::new("w2", ty, tensor.clone());
    let tree = to_attribute(&weight).unwrap();
    let back: WeightVariable = from_attribute(&tree).unwrap();
    assert!(back.data.shares_memory(&tensor));
    let nested: Attributes =
        [("list", Attribute::List(vec![Attribute::Array(tensor.clone()), tensor.clone().into()]))].into();
    let back: Attributes = from_attribute(&to_attribute(&nested).unwrap()).unwrap();
    let list = back.get("list").unwrap().as_list().unwrap();
    assert!(list.iter().all(|value| value.as_array().unwrap().shares_memory(&tensor)));
}

#[test]
fn attributes_keep_their_order() {
    let mut attributes: Attributes = [("n_in", 4), ("n_out", 2), ("trace", 0)].into();
    attributes.insert("n_out", 3);
    assert!(attributes.rename("n_in", "n_input"));
    assert!(!attributes.rename("n_input", "trace"));
    attributes.remove("nothing");
    assert_eq!(attributes.names().collect::<Vec<_>>(), ["n_input", "n_out", "trace"]);
    let variable = TensorVariable::new("layer1_out", NamedType::new("t", Precision::int(4)), &[2, 3]);
    attributes.insert("out", variable);
    attributes.insert("code", Source::new("int a;"));
    attributes.insert("quantizer", AnyQuantizer::new(hls4rs_types::quantizers::TernaryQuantizer {}));
    assert_eq!(
        serde_json::from_value::<Attributes>(serde_json::to_value(&attributes).unwrap()).unwrap(),
        attributes
    );
}
