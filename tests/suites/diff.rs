//! Differences between models: each change is found once, in its category.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::prelude::*;
use hls4rs::{Category, Difference, diff};
use hls4rs_tests::{Golden, goldens, ramp, three_layers};

/// The only difference that a change makes.
fn only(change: impl FnOnce(&mut Model)) -> Difference {
    let before = Model::new(three_layers());
    let mut after = before.clone();
    change(&mut after);
    let found = diff(&before, &after);
    let back = diff(&after, &before);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(back.len(), 1, "{back:#?}");
    assert_eq!((&back[0].before, &back[0].after), (&found[0].after, &found[0].before));
    found.into_iter().next().unwrap()
}

/// A change of one attribute of `fc1`.
fn attribute(name: &'static str, value: impl Into<Attribute>) -> impl FnOnce(&mut Model) {
    let value = value.into();
    move |model| drop(model.graph.layer_mut("fc1").unwrap().state_mut().attributes.insert(name, value))
}

/// Category and text of a difference.
fn shown(difference: &Difference) -> (Category, String) {
    (difference.category, difference.to_string())
}

#[test]
fn equal_models_have_none() {
    for golden in goldens().iter().step_by(7) {
        let model = golden.model();
        let members = model.to_members(&SaveOptions::default().with_verbatim(true)).unwrap();
        assert_eq!(diff(model, &Model::from_members(members, &ReadOptions::default()).unwrap()), []);
    }
}

#[test]
fn weights() {
    let mut values: Vec<f32> = ramp(&[4, 3]).iter_f64().unwrap().map(|value| value as f32).collect();
    values[1] += 0.5;
    values[2] -= 1.0;
    let found = only(attribute("weight_data", Tensor::new(&[4, 3], values).unwrap()));
    assert_eq!(found.category, Category::Weights);
    assert_eq!(found.place, "fc1: weight_data");
    let values = found.values.unwrap();
    assert_eq!((values.n_elements, values.n_different, values.max, values.mean), (12, 2, 1.0, 0.125));
    let expected = "fc1: weight_data: 2 of 12 values differ, by at most 1e0, by 1.25e-1 on average";
    assert_eq!(found.to_string(), expected);
    let found = only(attribute("weight_data", ramp(&[3, 4])));
    let expected = "fc1: weight_data: Tensor(float32 [4, 3]) → Tensor(float32 [3, 4])";
    assert_eq!(shown(&found), (Category::Weights, expected.to_owned()));
    let found = only(|model| {
        let state = model.graph.layer_mut("fc2").unwrap().state_mut();
        let mut weight = state.weight("weight").unwrap().clone();
        weight.data = Tensor::zeros(&[3, 2]).unwrap();
        state.attributes.insert("weight", weight);
    });
    assert_eq!((found.category, found.place.as_str()), (Category::Weights, "fc2: weight.data"));
}

#[test]
fn values_that_are_no_numbers_are_told() {
    let with = |value: f32| {
        let mut model = Model::new(three_layers());
        attribute("bias_data", Tensor::vector(vec![0.0, 1.0, value]))(&mut model);
        model
    };
    let between = |a: f32, b: f32| diff(&with(a), &with(b)).first().and_then(|found| found.values);
    assert_eq!(between(f32::NAN, f32::NAN), None);
    assert!(between(f32::NAN, 1.0).unwrap().max.is_nan());
    assert_eq!(between(f32::INFINITY, 1.0).unwrap().max, f64::INFINITY);
    assert_eq!(between(0.0, -0.0).map(|values| (values.n_different, values.max)), Some((1, 0.0)));
}

#[test]
fn precision() {
    let before = Golden::named("mlp-vivado-io_parallel").model();
    let mut after = before.clone();
    after.graph.set_precision("dense_1", "accum", Precision::fixed(20, 8)).unwrap();
    let found: Vec<_> = diff(before, &after).iter().map(shown).collect();
    let expected = "dense_1: accum_t.precision: fixed<37,17,TRN,WRAP,0> → fixed<20,8,TRN,WRAP,0>";
    assert_eq!(found, [(Category::Precision, expected.to_owned())]);
    let bias = three_layers().layer("fc1").unwrap().state().named_type("bias_t").unwrap().clone();
    let found = only(attribute("bias_t", NamedType { precision: Precision::fixed(20, 8), ..bias }));
    assert_eq!(found.category, Category::Precision);
}

#[test]
fn attributes() {
    for (value, expected) in [
        (Attribute::from("relu"), "fc1: note: (nothing) → \"relu\""),
        (Attribute::Null, "fc1: note: (nothing) → null"),
        (vec![1, 2].into(), "fc1: note: (nothing) → [1, 2]"),
        (0.5.into(), "fc1: note: (nothing) → 0.5"),
    ] {
        assert_eq!(shown(&only(attribute("note", value))), (Category::Attribute, expected.to_owned()));
    }
    let found = only(attribute("n_in", 5));
    assert_eq!(shown(&found), (Category::Attribute, "fc1: n_in: 4 → 5".to_owned()));
    let found = only(attribute("trace", 0));
    assert_eq!(shown(&found), (Category::Attribute, "fc1: trace: false → 0".to_owned()));
    let found = only(|model| {
        drop(model.graph.layer_mut("relu").unwrap().state_mut().extra.insert("future", 1));
    });
    assert_eq!(shown(&found), (Category::Attribute, "relu: future: (nothing) → 1".to_owned()));
}

#[test]
fn order_of_attributes() {
    let found = only(|model| {
        let attributes = &mut model.graph.layer_mut("fc1").unwrap().state_mut().attributes;
        let name = attributes.remove("name").unwrap();
        attributes.insert("name", name);
    });
    assert_eq!((found.category, found.place.as_str()), (Category::Attribute, "fc1: order"));
}

#[test]
fn structure() {
    let found = only(|model| {
        drop(model.graph.layer_mut("relu").unwrap().state_mut().inputs.splice(.., ["x".to_owned()]))
    });
    assert_eq!(shown(&found), (Category::Structure, "relu: inputs: fc1 → x".to_owned()));
    let found = only(|model| model.graph.set_io(["x"], ["fc2", "relu"]));
    assert_eq!(shown(&found), (Category::Structure, "outputs: fc2 → fc2, relu".to_owned()));
    let found = only(|model| {
        let layers: Vec<_> =
            model.graph.layers().map(|(name, layer)| (name.to_owned(), layer.boxed_clone())).collect();
        let layers = [0, 1, 3, 2].map(|i| layers[i].clone());
        let (config, state) = (model.graph.config.clone(), model.graph.state().clone());
        model.graph = ModelGraph::from_saved(config, state, layers).unwrap();
    });
    let expected = "order of layers: x, fc1, relu, fc2 → x, fc1, fc2, relu";
    assert_eq!(shown(&found), (Category::Structure, expected.to_owned()));
    let (before, mut after) = (Model::new(three_layers()), Model::new(three_layers()));
    after.graph.remove("relu").unwrap();
    let found: Vec<_> = diff(&before, &after).iter().map(shown).collect();
    let expected = ["relu: Activation → (nothing)", "fc2: inputs: relu → fc1"];
    assert_eq!(found, expected.map(|text| (Category::Structure, text.to_owned())));
}

#[test]
fn configuration() {
    let found = only(|model| drop(model.graph.config.options.insert("Part", "xcvu13p")));
    let expected = "config.config.Part: (nothing) → \"xcvu13p\"";
    assert_eq!(shown(&found), (Category::Configuration, expected.to_owned()));
    let found = only(|model| model.graph.config.reuse_factor.model = Some(2));
    assert_eq!(shown(&found), (Category::Configuration, "config.model_rf: 1 → 2".to_owned()));
}

#[test]
fn provenance() {
    let found = only(|model| model.version.hls4ml = "1.2.0".to_owned());
    let expected = "version.hls4ml: \"1.3.0\" → \"1.2.0\"";
    assert_eq!(shown(&found), (Category::Provenance, expected.to_owned()));
    let found = only(|model| drop(model.extra.insert("hls4rs/manifest.json".to_owned(), b"{}".to_vec())));
    let expected = "member hls4rs/manifest.json: (nothing) → 2 bytes";
    assert_eq!(shown(&found), (Category::Provenance, expected.to_owned()));
    let found = only(|model| model.graph.applied_flows_mut().push([("convert".to_owned(), vec![])].into()));
    assert_eq!((found.category, found.place.as_str()), (Category::Provenance, "applied_flows"));
}
