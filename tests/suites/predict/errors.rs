//! What cannot be predicted ends with an error that tells the place, and what was expected and found.

use hls4rs::archive::member::LAYERS;
use hls4rs::emulator::PlanError;
use hls4rs::prelude::*;
use hls4rs::{ArrayFileError, Arrays, Plan, PredictError, save_arrays};
use hls4rs_tests::{Archive, Golden, config, ramp, runnable};
use serde_json::json;

use super::{bits, plain, plan};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape).unwrap()
}

fn message(plan: &Plan, inputs: &[Tensor]) -> String {
    plan.predict(inputs, plain()).unwrap_err().to_string()
}

#[test]
fn arrays_of_other_shapes_are_refused() {
    let plan = hls4rs::plan(&Model::new(runnable())).unwrap();
    for (shape, found) in [
        (vec![3, 5], "found [3, 5]"),
        (vec![4], "found [4]"),
        (vec![3, 2, 2], "found [3, 2, 2]"),
        (vec![], "found []"),
    ] {
        let message = message(&plan, &[zeros(&shape)]);
        assert!(message.starts_with("`x`: expected the shape [") && message.ends_with(found), "{message}");
    }
    let image = super::plan(Golden::named("qkeras_cnn-vivado-io_parallel"));
    assert!(image.predict(&[zeros(&[2, 8, 8, 3])], plain()).is_ok());
    assert!(image.predict(&[zeros(&[2, 192])], plain()).is_ok());
    let expected = "`image`: expected the shape [2, …] with [8, 8, 3] per sample, found [2, 3, 8, 8]";
    assert_eq!(message(&image, &[zeros(&[2, 3, 8, 8])]), expected);
}

#[test]
fn arrays_of_other_numbers_are_refused() {
    let plan = plan(Golden::named("multi_io-vivado-io_stream"));
    let arrays = |port: &hls4rs::emulator::Port| zeros(&[&[2], port.shape.as_slice()].concat());
    let fitting: Vec<Tensor> = plan.inputs().iter().map(arrays).collect();
    assert!(plan.predict(&fitting, plain()).is_ok());
    let shape = fitting[1].shape().to_vec();
    let double = Tensor::new(&shape, vec![0f64; fitting[1].len()]).unwrap();
    let expected = "`right`: expected an array of float32, found float64";
    assert_eq!(message(&plan, &[fitting[0].clone(), double]), expected);
    let integers = Tensor::new(fitting[0].shape(), vec![0i32; fitting[0].len()]).unwrap();
    let expected = "`left`: expected an array of float32 or float64, found int32";
    assert_eq!(message(&plan, &[integers, fitting[1].clone()]), expected);
}

#[test]
fn other_numbers_of_inputs_and_samples_are_refused() {
    let plan = plan(Golden::named("multi_io-vivado-io_stream"));
    let arrays =
        |samples: usize, port: usize| zeros(&[&[samples], plan.inputs()[port].shape.as_slice()].concat());
    assert_eq!(message(&plan, &[arrays(2, 0)]), "expected 2 inputs, found 1");
    assert_eq!(message(&plan, &[]), "expected 2 inputs, found 0");
    let message = message(&plan, &[arrays(2, 0), arrays(3, 1)]);
    assert!(message.starts_with("`right`: expected the shape [2, …]"), "{message}");
}

#[test]
fn sessions_refuse_slices_of_other_sizes() {
    let plan = hls4rs::plan(&Model::new(runnable())).unwrap();
    let mut session = plan.session_of(2);
    let mut call = |input: &[f32], outputs: &mut [&mut [f32]]| {
        session.predict(&[input], outputs).map_err(|error| error.to_string())
    };
    let [mut a, mut b] = [[0.0; 4]; 2];
    assert_eq!(call(&[0.0; 8], &mut [&mut a]), Ok(()));
    assert_eq!(call(&[0.0; 12], &mut [&mut a]).unwrap_err(), "expected at most 2 samples, found 3");
    let expected = "`x`: expected 4 elements (1 samples of shape [4]), found 7";
    assert_eq!(call(&[0.0; 7], &mut [&mut a]).unwrap_err(), expected);
    let expected = "`fc2`: expected 2 elements (1 samples of shape [2]), found 4";
    assert_eq!(call(&[0.0; 4], &mut [&mut a]).unwrap_err(), expected);
    assert_eq!(call(&[0.0; 8], &mut []).unwrap_err(), "expected room for 1 outputs, found 0");
    assert_eq!(call(&[0.0; 8], &mut [&mut a, &mut b]).unwrap_err(), "expected room for 1 outputs, found 2");
    assert_eq!(call(&[0.0; 8], &mut [&mut a]), Ok(()));
}

#[test]
fn sessions_refuse_outputs_of_other_plans_and_samples_beyond_theirs() {
    let plan = hls4rs::plan(&Model::new(runnable())).unwrap();
    let other = super::plan(Golden::named("mlp-vivado-io_parallel"));
    let foreign = &other.outputs()[0];
    let mut session = plan.session_of(2).with_all_outputs(true);
    assert_eq!(session.compute(&[&[1.0f32; 8]]).unwrap(), 2);
    let own = &plan.outputs()[0];
    let first: Vec<f64> = session.values(own, 1).unwrap().map(|value| value.to_f64()).collect();
    let mut all = [0.0f64; 4];
    session.read(own, 2, &mut all).unwrap();
    assert_eq!(first, all[2..]);
    let refused = format!("expected an output of a layer of the plan, found `{}`", foreign.name);
    let mut rows = vec![0.0f32; foreign.len()];
    assert_eq!(session.read(foreign, 1, &mut rows).unwrap_err().to_string(), refused);
    assert_eq!(session.values(foreign, 0).map(|_| ()).unwrap_err().to_string(), refused);
    let beyond = "expected at most 2 samples, found 3";
    assert_eq!(session.read(own, 3, &mut [0.0f32; 6]).unwrap_err().to_string(), beyond);
    assert_eq!(session.values(own, 2).map(|_| ()).unwrap_err().to_string(), beyond);
}

/// Behind convolutions with dilation, of which hls4ml knows nothing, a layer has fewer inputs than its shape says.
#[test]
fn dense_layers_read_the_first_of_their_inputs() {
    let mut graph = runnable();
    let dense = graph.layer_mut("fc1").unwrap().state_mut();
    dense.attributes.insert("n_in", 2i64);
    let Some(Attribute::Weight(weight)) = dense.attributes.get_mut("weight") else { panic!("no weights") };
    weight.data = ramp(&[2, 3]);
    let plan = hls4rs::plan(&Model::new(graph)).unwrap();
    let predict = |row: [f32; 4]| {
        let input = Tensor::new(&[1, 4], row.to_vec()).unwrap();
        bits(&plan.predict(&[input], plain()).unwrap().outputs[0])
    };
    assert_eq!(predict([1.0, 2.0, 3.0, 4.0]), predict([1.0, 2.0, -5.0, 0.0]));
    assert_ne!(predict([1.0, 2.0, 3.0, 4.0]), predict([2.0, 2.0, 3.0, 4.0]));
}

#[test]
fn all_layers_that_cannot_be_run_are_in_one_error() {
    let archive = Archive::golden("mlp-vivado-io_parallel").edited(LAYERS, |layers| {
        layers["dense_1"]["class_name"] = json!("nobody.layers.Mystery");
        layers["tanh_2"]["class_name"] = json!("nobody.layers.Riddle");
    });
    let model = archive.read(&ReadOptions::default().with_check_structure(false)).unwrap();
    let error = hls4rs::plan(&model).unwrap_err();
    let PredictError::Plan(PlanError::Unsupported(layers)) = &error else { panic!("{error}") };
    let found: Vec<_> = layers.iter().map(|layer| (layer.layer.as_str(), layer.kind.as_str())).collect();
    assert_eq!(found, [("dense_1", "Mystery"), ("tanh_2", "Riddle")]);
    let expected = "2 of the model's layers cannot be run: \
                    dense_1 (Mystery): no kernel is known for this kind of layer; \
                    tanh_2 (Riddle): no kernel is known for this kind of layer";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn outputs_that_nobody_makes_are_named() {
    let mut model = Model::new(runnable());
    model.graph.layer_mut("relu").unwrap().state_mut().inputs = vec!["nothing".to_owned()];
    let error = hls4rs::plan(&model).unwrap_err().to_string();
    assert_eq!(error, "`relu`: expected an output that a layer makes, found `nothing`");
    let mut model = Model::new(runnable());
    model.graph.set_io(["x"], ["nothing"]);
    let error = hls4rs::plan(&model).unwrap_err().to_string();
    assert_eq!(error, "`outputs of the graph`: expected an output that a layer makes, found `nothing`");
}

#[test]
fn backends_that_are_not_known_are_refused() {
    for (key, expected) in [
        ("Backend", "configuration: `Backend`: expected one of "),
        ("IOType", "configuration: `IOType`: expected `io_parallel` or `io_stream`, found `Nobody`"),
    ] {
        let mut model = Model::new(runnable());
        model.graph.config = config(json!({"Model": {"Precision": "fixed<16,6>"}}));
        model.graph.config.options.insert(key, "Nobody");
        let error = hls4rs::plan(&model).unwrap_err().to_string();
        assert!(error.starts_with(expected) && error.ends_with("found `Nobody`"), "{error}");
    }
}

#[test]
fn backends_without_predictions_are_refused_once() {
    for backend in ["oneAPI", "Libero"] {
        let mut model = Model::new(runnable());
        model.graph.config.options.insert("Backend", backend);
        let error = hls4rs::plan(&model).unwrap_err();
        assert!(matches!(&error, PredictError::Plan(PlanError::Backend { .. })), "{error}");
        let expected =
            "expected one of `Vivado`, `VivadoAccelerator`, `Vitis`, `Quartus`, `Catapult`, found one whose";
        assert!(error.to_string().starts_with(&format!("the backend `{backend}`: {expected}")), "{error}");
    }
}

#[test]
fn files_of_arrays_must_hold_all_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (a, b) = (zeros(&[2, 3]), zeros(&[2, 4]));
    save_arrays(file("x.npz"), [("left", &a), ("x1", &b)]).unwrap();
    let read = |name: &str| Arrays::read(file(name)).unwrap();
    assert_eq!(read("x.npz").into_inputs(&["left", "right"]).unwrap(), [a.clone(), b.clone()]);
    let error = read("x.npz").into_inputs(&["left", "right", "top"]).unwrap_err();
    let expected = "input `top`: expected an array of this name, or `x2`, found `left`, `x1`";
    assert_eq!(error.to_string(), expected);

    save_arrays(file("x.npy"), [("left", &a)]).unwrap();
    assert_eq!(read("x.npy").into_inputs(&["any"]).unwrap(), std::slice::from_ref(&a));
    let error = read("x.npy").into_inputs(&["left", "right"]).unwrap_err();
    assert!(matches!(error, ArrayFileError::Missing { number: 1, .. }), "{error}");

    let error = save_arrays(file("y.npy"), [("a", &a), ("b", &b)]).unwrap_err().to_string();
    assert!(error.ends_with("y.npy: expected a name that ends in `.npz` for 2 arrays"), "{error}");
    for name in ["y.txt", "npy", ""] {
        let error = save_arrays(file(name), [("a", &a)]).unwrap_err().to_string();
        assert!(error.ends_with(": expected a name that ends in `.npy` or `.npz`"), "{error}");
        assert!(matches!(Arrays::read(file(name)).unwrap_err(), ArrayFileError::Extension { .. }));
    }
    let error = Arrays::read(file("missing.npz")).unwrap_err().to_string();
    assert!(error.contains("missing.npz"), "{error}");
}

#[test]
fn tables_are_bounded_where_there_are_any() {
    let with = |function: &str| {
        let mut graph = runnable();
        let state = graph.layer_mut("relu").unwrap().state_mut();
        state.attributes.insert("activation", function);
        state.attributes.insert("table_size", Attribute::Int(1 << 25));
        hls4rs::plan(&Model::new(graph)).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(with("relu"), Ok(()));
    assert!(with("tanh").unwrap_err().contains("`table_size`: expected at most 4194304, found 33554432"));
}
