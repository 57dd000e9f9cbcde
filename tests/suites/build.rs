//! Models built in code, attributes of every kind, and things that nobody knows: all of it survives the archive.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::member::{CONFIG, LAYERS, MANIFEST, STATE, VERSION};
use hls4rs::prelude::*;
use hls4rs::types::quantizers::BinaryQuantizer;
use hls4rs::types::{AnyQuantizer, DType, Order, Source, TypeForm, UnknownObject, VariableForm, WeightForm};
use hls4rs_tests::{Archive, attributes, ramp, three_layers};
use serde_json::json;

/// The model after it was written and read.
fn reopened(model: &Model, options: &SaveOptions) -> Model {
    let bytes = model.to_bytes(options).unwrap();
    Model::from_bytes(&bytes, &ReadOptions::default()).unwrap()
}

/// Saves and reopens in both layouts, and compares.
fn assert_survives(model: &Model) {
    for arrays in [ArrayLayout::Npy, ArrayLayout::Npz] {
        let options = SaveOptions::default().with_arrays(arrays);
        let reopened = reopened(model, &options);
        assert_eq!(hls4rs::diff(model, &reopened), [], "{arrays:?}");
        assert!(reopened == *model, "{arrays:?}");
    }
}

/// The model of three layers with one more attribute.
fn with(name: &str, value: impl Into<Attribute>) -> Model {
    let mut graph = three_layers();
    graph.layer_mut("fc1").unwrap().state_mut().attributes.insert(name, value);
    Model::new(graph)
}

#[test]
fn three_layers_survive() {
    let model = Model::new(three_layers());
    assert_eq!(model.graph.verify(), []);
    assert_survives(&model);
    let archive = Archive::saved(&model, &SaveOptions::default().with_plain(true).with_verbatim(true));
    let names: Vec<&str> = archive.members.iter().map(|(name, _)| name.as_str()).collect();
    let arrays = ["fc1_b2_data", "fc1_bias_data", "fc1_w2_data", "fc1_weight_data"];
    let expected = [
        vec![CONFIG.to_owned()],
        arrays.map(|name| format!("{name}.npy")).to_vec(),
        ["fc2_b4_data", "fc2_w4_data", "fc2_weight_data"].map(|name| format!("{name}.npy")).to_vec(),
        [STATE, LAYERS, VERSION].map(str::to_owned).to_vec(),
    ];
    assert_eq!(names, expected.concat());
    let archive = Archive::saved(&model, &SaveOptions::default());
    let names: Vec<&str> = archive.members.iter().map(|(name, _)| name.as_str()).collect();
    // documents first, equal arrays once
    let arrays = ["fc1_bias_data", "fc1_weight_data", "fc2_b4_data", "fc2_weight_data"];
    let expected = [
        [VERSION, CONFIG, STATE, LAYERS].map(str::to_owned).to_vec(),
        arrays.map(|name| format!("{name}.npy")).to_vec(),
        vec![MANIFEST.to_owned()],
    ];
    assert_eq!(names, expected.concat());
}

#[test]
fn plain_values_survive() {
    for value in [
        Attribute::Null,
        true.into(),
        i64::MIN.into(),
        i64::MAX.into(),
        0.1.into(),
        (-0.0).into(),
        f64::MIN_POSITIVE.into(),
        f64::MAX.into(),
        f64::NAN.into(),
        f64::INFINITY.into(),
        f64::NEG_INFINITY.into(),
        "".into(),
        "grüße, \u{1F600} \u{0} \"quoted\" \\ \n\t\u{7f}".into(),
        "NaN".into(),
        "ndarray:x.npy".into(),
        Vec::<i64>::new().into(),
        Attributes::new().into(),
        vec![Attribute::Null, vec![1, 2].into(), Attributes::from([("", 1.5)]).into()].into(),
    ] {
        assert_survives(&with("note", value));
    }
}

#[test]
fn the_json_is_pythons() {
    let values =
        vec![f64::NAN.into(), f64::INFINITY.into(), f64::NEG_INFINITY.into(), 1e-5.into(), "é".into()];
    let model = with("note", Attribute::List(values));
    let archive = Archive::saved(&model, &SaveOptions::default());
    let text = str::from_utf8(archive.content(LAYERS)).unwrap();
    let indent = " ".repeat(20);
    let expected =
        ["NaN", "Infinity", "-Infinity", "1e-05", "\"\\u00e9\""].map(|value| format!("{indent}{value}"));
    let expected = format!("\"note\": [\n{}\n                ]", expected.join(",\n"));
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn arrays_survive_wherever_they_are() {
    for dtype in DType::ALL {
        for order in [Order::C, Order::Fortran] {
            let bytes: Vec<u8> = (0..6 * dtype.size()).map(|i| (i % 2) as u8).collect();
            let array = Tensor::from_bytes(dtype, &[2, 3], order, &bytes).unwrap();
            let inner =
                Attributes::from([("array", Attribute::from(array.clone())), ("name", "inner".into())]);
            let list = Attribute::List(vec![
                array.clone().into(),
                1.into(),
                Attribute::List(vec![array.clone().into()]),
            ]);
            let map = Attributes::from([
                ("list", list.clone()),
                ("map", inner.into()),
                ("array", array.clone().into()),
            ]);
            let mut model = with("note", list);
            let attributes = &mut model.graph.layer_mut("fc1").unwrap().state_mut().attributes;
            attributes.insert("map", map);
            attributes.insert("array", array);
            assert_survives(&model);
        }
    }
    for shape in [vec![], vec![0], vec![3, 0, 2], vec![1; 12]] {
        assert_survives(&with("array", Tensor::zeros(&shape).unwrap()));
    }
}

#[test]
fn arrays_of_one_name_do_not_overwrite_each_other() {
    let mut model = with("fc1_list_0", ramp(&[2]));
    let attributes = &mut model.graph.layer_mut("fc1").unwrap().state_mut().attributes;
    attributes.insert("list", vec![Attribute::from(ramp(&[3])), ramp(&[4]).into()]);
    attributes.insert("list_0", ramp(&[5]));
    attributes.insert("slash/../x", ramp(&[6]));
    attributes.insert("slash_.._x", ramp(&[7]));
    attributes.insert("long".repeat(60), ramp(&[8]));
    assert_survives(&model);
}

/// One attribute of each typed kind, in each of its forms.
fn typed() -> Vec<Attribute> {
    let precisions = [
        "fixed<16,6>",
        "ufixed<8,-2,RND_CONV,SAT_SYM,3>",
        "int<7>",
        "uint<1>",
        "float",
        "bfloat16",
        "std_float<20,6>",
        "auto",
    ];
    let mut all: Vec<Attribute> =
        precisions.iter().map(|text| text.parse::<Precision>().unwrap().into()).collect();
    all.push(Precision::Xnor.into());
    let precision = Precision::fixed(12, 4);
    let plain = NamedType::new("some_t", precision);
    let form = |form: TypeForm| NamedType { form, ..plain.clone() };
    let index_precision = Precision::uint(5);
    all.extend([
        plain.clone().into(),
        form(TypeForm::Exponent).into(),
        form(TypeForm::Compressed { index_precision }).into(),
        NamedType::packed("packed_t", precision, 3, 2).into(),
        form(TypeForm::Packed { n_elem: 6, n_pack: 2, unpack: true }).into(),
    ]);
    let variable = TensorVariable::new("layer9_out", plain.clone(), &[2, 3]);
    let inplace = VariableForm::Inplace { input: Box::new(variable.clone()) };
    all.extend([
        variable.clone().into(),
        TensorVariable { form: inplace, ..variable.clone() }.into(),
        TensorVariable { form: VariableForm::StructWrapper, shape: vec![-1], ..variable }.into(),
    ]);
    let weight = WeightVariable::new("w9", plain, ramp(&[2, 2]));
    let quantizer = AnyQuantizer::new(BinaryQuantizer::ZERO_ONE);
    let unknown =
        UnknownObject { class_name: "nobody.Quantizer".to_owned(), state: Attributes::from([("n", 1)]) };
    all.extend([
        weight.clone().into(),
        WeightVariable { quantizer: Some(quantizer.clone()), ..weight.clone() }.into(),
        WeightVariable { quantizer: Some(AnyQuantizer::Unknown(unknown.clone())), ..weight.clone() }.into(),
        WeightVariable { form: WeightForm::Exponent, ..weight.clone() }.into(),
        WeightVariable { form: WeightForm::Compressed { reuse_factor: 4 }, ..weight }.into(),
        quantizer.into(),
        Source::new("if (a < b) {\n    return;\n}\n").into(),
        unknown.into(),
    ]);
    all
}

#[test]
fn typed_values_survive() {
    for value in typed() {
        assert_survives(&with("note", value.clone()));
        let list = Attribute::List(vec![value.clone(), Attributes::from([("inside", value)]).into()]);
        assert_survives(&with("note", list));
    }
}

#[test]
fn what_others_say_survives() {
    let mut model = Model::new(three_layers());
    model.graph.config.extra.insert("future", vec![1, 2]);
    model.graph.config.options.insert("Note", f64::INFINITY);
    model.version.extra.insert("writer", "somebody");
    model.graph.layer_mut("relu").unwrap().state_mut().extra.insert("future", true);
    assert_survives(&model);
    let archive = Archive::saved(&model, &SaveOptions::default());
    assert_eq!(archive.json(VERSION)["writer"], "somebody");
    assert_eq!(archive.json(LAYERS)["relu"]["state"]["future"], true);
    let archive = archive.without(MANIFEST).edited(STATE, |state| state["future"] = json!({"a": 1}));
    let model = archive.read(&ReadOptions::default()).unwrap();
    assert_eq!(model.graph.state().extra, attributes(json!({"future": {"a": 1}})));
    assert_survives(&model);
}

/// A golden whose first dense layer is of a class that nobody knows, and holds objects of such classes. Its JSON is
/// still written as Python writes it.
fn of_unknown_classes() -> Archive {
    let archive = Archive::golden("mlp-vivado-io_parallel");
    let text = String::from_utf8(archive.content(LAYERS).to_vec()).unwrap();
    let object = "{\n                    \"class_name\": \"nobody.Quantizer\",\n                    \"state\": {\n                        \"n\": 1e-05\n                    }\n                }";
    let changed = text
        .replacen("hls4ml.model.layers.Dense", "nobody.layers.Mystery", 1)
        .replacen("\"weight_quantizer\": null", &format!("\"weight_quantizer\": {object}"), 2)
        .replacen("hls4ml.model.types.NamedType", "nobody.types.Fancy", 1)
        .replacen("hls4ml.model.types.TensorVariable", "nobody.types.Tensor", 2);
    assert_eq!(changed.matches("nobody.").count(), 6);
    archive.with(LAYERS, changed)
}

fn options_without_structure() -> ReadOptions {
    ReadOptions::default().with_check_structure(false)
}

#[test]
fn unknown_classes_survive_byte_for_byte() {
    let archive = of_unknown_classes();
    let model = archive.read(&options_without_structure()).unwrap();
    let layer = model.graph.layer("dense_1").unwrap();
    assert_eq!(
        (layer.is_known(), layer.class_name(), layer.kind()),
        (false, "nobody.layers.Mystery", "Mystery")
    );
    assert!(matches!(layer.state().get("weight_quantizer"), Some(Attribute::Object(_))));
    for verbatim in [true, false] {
        let options = SaveOptions::default().with_plain(true).with_verbatim(verbatim);
        let saved = Archive::saved(&model, &options);
        for (name, content) in &saved.members {
            let is_shared = !verbatim && name == LAYERS;
            assert!(is_shared || archive.content(name) == content, "member `{name}` is another one");
        }
        assert!(!verbatim || saved.members.len() == archive.members.len());
        assert_eq!(saved.read(&options_without_structure()).unwrap(), model);
    }
    let ids: Vec<&str> = model.graph.verify().iter().map(|found| found.id).collect();
    assert!(ids.contains(&"unregistered-class") && ids.contains(&"unknown-object"), "{ids:?}");
    assert!(model.graph.to_string().contains("= nobody.layers.Mystery(features) as dense_1 {"));
}

#[test]
fn members_that_nobody_knows_survive_unless_told_otherwise() {
    let archive = Archive::golden("mlp-vivado-io_parallel")
        .with("hls4rs/notes.txt", "{}")
        .with("unused.npy", "no array at all")
        .with("input_data_tb.npy", "inputs")
        .with("output_data_tb.dat", "outputs");
    let model = Model::from_bytes(&archive.pack(), &ReadOptions::default()).unwrap();
    assert_eq!(model.extra.len(), 4);
    assert_survives(&model);
    let kept = |plain: bool| {
        let saved = Archive::saved(&model, &SaveOptions::default().with_plain(plain));
        ["hls4rs/notes.txt", "unused.npy", "input_data_tb.npy", "output_data_tb.dat"]
            .map(|name| saved.has(name))
    };
    assert_eq!((kept(false), kept(true)), ([true; 4], [false, false, true, true]));
}

#[test]
fn a_converters_list_is_a_model() {
    let layers: Vec<Attributes> = [
        json!({"class_name": "InputLayer", "name": "x", "input_shape": [4]}),
        json!({"class_name": "QDense", "name": "fc", "inputs": ["x"], "n_in": 4, "n_out": 2}),
        json!({"class_name": "Softmax", "name": "softmax", "activation": "softmax", "axis": -1}),
    ]
    .map(attributes)
    .into();
    let list = |edit: fn(&mut Vec<Attributes>)| {
        let mut layers = layers.clone();
        layers[1].insert("weight_data", ramp(&[4, 2]));
        edit(&mut layers);
        let (inputs, outputs) = (vec!["x".into()], vec!["softmax".into()]);
        LayerList { options: Config::default().options, layers, inputs, outputs }.build("vivado:ip", None)
    };
    let graph = list(|_| {}).unwrap();
    assert_eq!(graph.verify(), []);
    assert_eq!(graph.layer("softmax").unwrap().state().inputs, ["fc"]);
    assert_survives(&Model::new(graph));
    let unknown = list(|layers| drop(layers[1].insert("class_name", "Mystery"))).unwrap_err().to_string();
    assert_eq!(unknown, "fc: expected a registered kind of layer, found `Mystery`");
    let nameless = list(|layers| drop(layers[1].remove("name"))).unwrap_err().to_string();
    assert_eq!(nameless, "configuration: list of layers: expected `name`, found none");
    let twice = list(|layers| drop(layers[1].insert("name", "x"))).unwrap_err().to_string();
    assert_eq!(twice, "layer `x`: the graph already has a layer of that name");
}
