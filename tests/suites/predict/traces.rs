//! Traces: predictors that keep their memory, chosen layers, parts, sessions, and the layers of the source model.

use std::path::Path;

use hls4rs::emulator::{Port, RunError};
use hls4rs::graph::Origins;
use hls4rs::prelude::*;
use hls4rs::{Part, Plan, Prediction};
use hls4rs_tests::{Golden, expect, goldens};

use super::{all_bits, bits, plain, plan, rows, traced_bits};

/// Goldens of different kinds, with inputs.
fn some() -> impl Iterator<Item = (&'static Golden, Plan, Vec<Tensor>)> {
    let names = [
        "binary-catapult-io_stream",
        "lstm-vivado-io_parallel",
        "mlp-vivado-io_parallel",
        "multi_io-vivado-io_stream",
        "normalized-vitis-io_stream",
        "qkeras_cnn-quartus-io_parallel",
        "residual-vivado-io_stream",
    ];
    names.into_iter().map(|name| {
        let golden = Golden::named(name);
        (golden, plan(golden), golden.recorded().unwrap().inputs)
    })
}

/// Outputs and what layers made, with names.
fn everything(prediction: &Prediction) -> Vec<(String, Vec<u64>)> {
    let outputs = prediction.outputs.iter().map(|output| ("", bits(output)));
    let all = outputs.chain(traced_bits(&prediction.trace));
    all.map(|(name, bits)| (name.to_owned(), bits)).collect()
}

fn address(array: &Tensor) -> usize {
    array.view::<f32>().unwrap().as_ptr() as usize
}

#[test]
fn predictors_give_the_same_again_and_again() {
    for (golden, plan, inputs) in some() {
        let fewer: Vec<Tensor> = inputs.iter().map(|input| rows(input, 2..5)).collect();
        let doubles: Vec<Tensor> = inputs.iter().map(super::doubles).collect();
        let options = plain().with_trace(true);
        for options in [options, options.with_reference(true), plain(), options.with_ledger(true)] {
            let mut predictor = plan.predictor(options);
            for inputs in [&inputs, &fewer, &inputs, &doubles, &doubles, &fewer] {
                let expected = plan.predict(inputs, options).unwrap();
                let found = predictor.predict(inputs).unwrap();
                assert_eq!(everything(found), everything(&expected), "{}: {options:?}", golden.name);
                let same = expected.outputs.iter().zip(&found.outputs);
                assert!(same.into_iter().all(|(a, b)| a.shape() == b.shape()), "{}", golden.name);
                assert_eq!(
                    format!("{:?}", found.ledger),
                    format!("{:?}", expected.ledger),
                    "{}",
                    golden.name
                );
            }
            let last = everything(&plan.predict(&fewer, options).unwrap());
            assert_eq!(everything(&predictor.into_prediction()), last, "{}", golden.name);
        }
    }
}

#[test]
fn predictors_use_memory_again_that_nobody_shares() {
    for (golden, plan, inputs) in some() {
        let mut predictor = plan.predictor(plain().with_trace(true));
        let first = predictor.predict(&inputs).unwrap();
        let addresses: Vec<usize> = first.trace.iter().map(|traced| address(&traced.values)).collect();
        let kept = first.trace[0].values.clone();
        let expected = bits(&kept);
        let other: Vec<Tensor> = inputs.iter().map(|input| rows(input, (0..8).rev())).collect();
        let second = predictor.predict(&other).unwrap();
        for (number, (traced, address_before)) in second.trace.iter().zip(addresses).enumerate() {
            let is_again = address(&traced.values) == address_before;
            assert_eq!(is_again, number > 0, "{}: {}", golden.name, traced.output);
        }
        assert_eq!(bits(&kept), expected, "{}", golden.name);
        assert_eq!(everything(second), everything(&plan.predict(&other, plain().with_trace(true)).unwrap()));
    }
}

#[test]
fn predictors_go_on_after_an_error() {
    let (_, plan, inputs) = some().next().unwrap();
    let mut predictor = plan.predictor(plain().with_trace(true));
    let expected = everything(predictor.predict(&inputs).unwrap());
    let wrong = Tensor::zeros(&[2, 3]).unwrap();
    assert!(matches!(predictor.predict(&[wrong]).unwrap_err(), RunError::Shape { .. }));
    assert_eq!(everything(predictor.predict(&inputs).unwrap()), expected);
}

#[test]
fn chosen_layers_are_traced_alone() {
    for (golden, plan, inputs) in some() {
        let all = plan.predict(&inputs, plain().with_trace(true)).unwrap();
        let layers: Vec<&str> = plan.layers().map(|(layer, _)| layer).collect();
        for chosen in layers.chunks(2).chain(layers.windows(3)).chain([&[][..], &layers[..]]) {
            let mut predictor = plan.predictor(plain()).with_layers(chosen).unwrap();
            let ports = plan.layers().filter(|(layer, _)| chosen.contains(layer));
            let ports: Vec<&str> =
                ports.flat_map(|(_, ports)| ports).map(|port| port.name.as_str()).collect();
            let traced: Vec<&str> = predictor.traced().map(|(_, port)| port.name.as_str()).collect();
            assert_eq!(traced, ports, "{}", golden.name);
            let found = predictor.predict(&inputs).unwrap();
            assert_eq!(all_bits(&found.outputs), all_bits(&all.outputs), "{}", golden.name);
            let expected = traced_bits(&all.trace).into_iter().filter(|(name, _)| ports.contains(name));
            assert_eq!(
                traced_bits(&found.trace),
                expected.collect::<Vec<_>>(),
                "{}: {chosen:?}",
                golden.name
            );
        }
        let error = plan.predictor(plain()).with_layers(&[layers[0], "nobody"]).unwrap_err();
        assert_eq!(error.to_string(), "expected a layer of the plan, found `nobody`");
    }
}

#[test]
fn parts_make_the_whole() {
    for name in ["normalized-vitis-io_stream", "qkeras_cnn-quartus-io_parallel"] {
        let golden = Golden::named(name);
        let (plan, inputs) = (plan(golden), golden.recorded().unwrap().inputs);
        let samples = inputs[0].shape()[0];
        // more than is kept of one part
        let kept: usize = plan.layers().flat_map(|(_, ports)| ports).map(Port::len).sum();
        let many = (18 << 20) / (4 * kept);
        let inputs: Vec<Tensor> =
            inputs.iter().map(|input| rows(input, (0..many).map(|number| number % samples))).collect();
        let expected = plan.predict(&inputs, plain().with_trace(true)).unwrap();
        let mut found: Vec<Vec<u64>> = vec![Vec::new(); expected.outputs.len() + expected.trace.len()];
        let mut parts = 0;
        let mut predictor = plan.predictor(plain().with_trace(true));
        let ledger = predictor.predict_parts(&inputs, |part| {
            parts += 1;
            let arrays = part.outputs.iter().chain(part.trace.iter().map(|traced| &traced.values));
            found.iter_mut().zip(arrays).for_each(|(found, array)| found.extend(bits(array)));
            Ok::<(), RunError>(())
        });
        assert!(ledger.unwrap().is_none() && parts > 1, "{}: {parts}", golden.name);
        let arrays = expected.outputs.iter().chain(expected.trace.iter().map(|traced| &traced.values));
        for (found, array) in found.iter().zip(arrays) {
            assert!(*found == bits(array), "{}", golden.name);
        }
    }
}

#[test]
fn parts_have_one_ledger_and_one_error() {
    let golden = Golden::named("mlp-vivado-io_parallel");
    let (plan, inputs) = (plan(golden), golden.recorded().unwrap().inputs);
    let options = plain().with_ledger(true).with_trace(true);
    let expected = plan.predict(&inputs, options).unwrap();
    let ledger = plan.predictor(options).predict_parts(&inputs, |part| {
        assert_eq!(everything(part), everything(&expected));
        Ok::<(), RunError>(())
    });
    assert_eq!(format!("{:?}", ledger.unwrap()), format!("{:?}", expected.ledger));

    let none = [rows(&inputs[0], 0..0)];
    let mut shapes = Vec::new();
    let ledger = plan.predictor(plain().with_trace(true)).predict_parts(&none, |part| {
        shapes.push(part.outputs[0].shape().to_vec());
        Ok::<(), RunError>(())
    });
    assert!(ledger.unwrap().is_none());
    assert_eq!(shapes, [[0, 5]]);

    let stop = |_: &Prediction| Err(RunError::NoSuchLayer { layer: "stop".to_owned() });
    let error = plan.predictor(plain()).predict_parts(&inputs, stop).unwrap_err();
    assert!(matches!(error, RunError::NoSuchLayer { .. }), "{error}");
}

#[test]
fn sessions_give_any_outputs() {
    for (golden, plan, inputs) in some() {
        let views: Vec<_> = inputs.iter().map(|input| input.view::<f32>().unwrap()).collect();
        let slices: Vec<&[f32]> = views.iter().map(|view| view.to_slice().unwrap()).collect();
        let samples = inputs[0].shape()[0];
        let expected = plan.predict(&inputs, plain().with_trace(true)).unwrap();
        let made = plan.layers().flat_map(|(_, ports)| ports);
        let ports = shuffled(plan.inputs().iter().chain(made));
        for use_fast in [true, false] {
            let session = plan.session_of(samples).with_fast_kernels(use_fast);
            let mut session = session.with_outputs(&ports).unwrap();
            let mut values: Vec<Vec<f32>> =
                ports.iter().map(|port| vec![f32::NAN; samples * port.len()]).collect();
            let mut places: Vec<&mut [f32]> = values.iter_mut().map(Vec::as_mut_slice).collect();
            session.predict(&slices, &mut places).unwrap();
            for (port, values) in ports.iter().zip(&values) {
                let found: Vec<u64> = values.iter().map(|&value| f64::from(value).to_bits()).collect();
                let place = format!("{}: {}, fast: {use_fast}", golden.name, port.name);
                match expected.trace.iter().find(|traced| traced.output == port.name) {
                    Some(traced) => assert_eq!(found, bits(&traced.values), "{place}"),
                    None => assert!(values.iter().all(|value| value.is_finite()), "{place}"),
                }
            }
        }
    }
    let foreign = plan(Golden::named("gru-vivado-io_parallel"));
    let plan = plan(Golden::named("mlp-vivado-io_parallel"));
    let error = plan.session().with_outputs(&[&foreign.outputs()[0]]).unwrap_err().to_string();
    assert!(error.starts_with("expected an output of a layer of the plan, found `"), "{error}");
}

/// The ports in another order than that of the layers.
fn shuffled<'p>(ports: impl Iterator<Item = &'p Port>) -> Vec<&'p Port> {
    let (even, odd): (Vec<_>, Vec<_>) = ports.enumerate().partition(|(number, _)| number % 2 == 0);
    even.into_iter().rev().chain(odd).map(|(_, port)| port).collect()
}

/// The origins of all layers, a line each.
fn listed(model: &Model) -> String {
    let origins = Origins::new(&model.graph);
    let line = |(name, layer): (&str, &dyn Layer)| match origins.of(name) {
        Some(origin) => format!("{name} ({}): {}, {}\n", layer.kind(), origin.layer, origin.part),
        None => format!("{name} ({}): -\n", layer.kind()),
    };
    model.graph.layers().map(line).collect()
}

#[test]
fn origins_are_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected/origins");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 10, "found {} expectations", files.len());
    for path in files {
        let golden = Golden::named(path.file_stem().unwrap().to_str().unwrap());
        expect(&path, &listed(golden.model()));
    }
}

#[test]
fn every_traced_output_comes_from_a_layer_of_the_source_model() {
    for golden in goldens() {
        let model = golden.model();
        let options = model.graph.config.options.get("HLSConfig").and_then(Attribute::as_map);
        let names = options.and_then(|options| options.get("LayerName")?.as_map()).unwrap();
        let Ok(plan) = hls4rs::plan(model) else { continue };
        for (layer, _) in plan.layers() {
            let origin = plan.origin(layer).unwrap_or_else(|| panic!("{}: {layer}", golden.name));
            // the configuration does not name layers within a `TimeDistributed`
            let is_within = golden.name.starts_with("time_distributed") && origin.layer == layer;
            assert!(names.contains(&origin.layer) || is_within, "{}: {layer}: {origin:?}", golden.name);
        }
        let Some(recorded) = golden.recorded() else { continue };
        let found = plan.predict(&recorded.inputs, plain().with_trace(true)).unwrap();
        for traced in &found.trace {
            assert_eq!(traced.origin.as_ref(), plan.origin(&traced.layer), "{}", golden.name);
        }
    }
}

/// The origin of a layer of a changed model.
fn origin_of(model: &Model, layer: &str) -> (String, Part) {
    let origins = Origins::new(&model.graph);
    let origin = origins.of(layer).unwrap();
    (origin.layer.clone(), origin.part)
}

fn layer_names(model: &mut Model) -> &mut Attributes {
    let options = model.graph.config.options.get_mut("HLSConfig");
    let Some(Attribute::Map(options)) = options else { panic!("expected a configuration") };
    let Some(Attribute::Map(names)) = options.get_mut("LayerName") else { panic!("expected names") };
    names
}

#[test]
fn merged_layers_are_named_only_where_the_configuration_tells() {
    let mut model = Golden::named("normalized-vivado-io_parallel").model().clone();
    let own = |name: &str, part| (name.to_owned(), part);
    assert_eq!(origin_of(&model, "conv_1"), own("norm_1", Part::Output));
    // two convolutions and two normalizations: either may belong to either
    assert_eq!(origin_of(&model, "conv_2"), own("conv_2", Part::Beyond));
    // a configuration that does not name all layers may leave out the very one
    layer_names(&mut model).remove("relu_2");
    assert_eq!(origin_of(&model, "conv_1"), own("conv_1", Part::Beyond));
    layer_names(&mut model).remove("norm_1");
    assert_eq!(origin_of(&model, "conv_1"), own("conv_1", Part::Beyond));
    // equal constants, in another order: nothing was merged
    let state = model.graph.layer_mut("conv_1").unwrap().state_mut();
    let data = state.array("weight_data").unwrap().clone();
    let mut weight = state.weight("weight").unwrap().clone();
    let mut reversed: Vec<f64> = data.iter_f64().unwrap().collect();
    reversed.reverse();
    weight.data = Tensor::new(weight.data.shape(), reversed).unwrap();
    state.attributes.insert("weight", weight);
    assert_eq!(origin_of(&model, "conv_1"), own("conv_1", Part::Beyond));
    let state = model.graph.layer_mut("conv_1").unwrap().state_mut();
    let mut bias = state.weight("bias").unwrap().clone();
    bias.data = Tensor::zeros(bias.data.shape()).unwrap();
    state.attributes.insert("bias", bias);
    assert_eq!(origin_of(&model, "conv_1"), own("conv_1", Part::Output));
}

#[test]
fn nothing_is_claimed_where_scales_were_moved() {
    let mut model = Golden::named("qonnx_mlp-vivado-io_stream").model().clone();
    assert_eq!(origin_of(&model, "Dense_MatMul_0"), ("MatMul_0".to_owned(), Part::Output));
    assert_eq!(origin_of(&model, "Quant_0_act"), ("Quant_0".to_owned(), Part::Output));
    layer_names(&mut model).insert("Quant_0_rescale", Attributes::new());
    assert_eq!(origin_of(&model, "Dense_MatMul_0"), ("MatMul_0".to_owned(), Part::Unknown));
    assert_eq!(origin_of(&model, "Quant_0_act"), ("Quant_0".to_owned(), Part::Step));
    assert_eq!(origin_of(&model, "global_in"), ("global_in".to_owned(), Part::Output));
}

#[test]
fn activations_are_told_from_layers_of_like_names() {
    // Keras 2: the layer says which activation it had
    let mut model = Golden::named("mlp-vivado-io_parallel").model().clone();
    let own = |name: &str, part| (name.to_owned(), part);
    assert_eq!(origin_of(&model, "dense_1"), own("dense_1", Part::BeforeActivation));
    assert_eq!(origin_of(&model, "dense_1_relu"), own("dense_1", Part::Output));
    model.graph.layer_mut("dense_1").unwrap().state_mut().attributes.insert("activation", "linear");
    assert_eq!(origin_of(&model, "dense_1"), own("dense_1", Part::Output));
    assert_eq!(origin_of(&model, "dense_1_relu"), own("dense_1_relu", Part::Output));
    // Keras 3: the name of the tensor between them tells
    for (tensor, parts) in [
        ("keras_tensor_1_activation", [own("dense_1", Part::BeforeActivation), own("dense_1", Part::Output)]),
        ("keras_tensor_1", [own("dense_1", Part::Output), own("dense_1_relu", Part::Output)]),
    ] {
        let mut insert = |layer: &str, attribute: &str| {
            let state = model.graph.layer_mut(layer).unwrap().state_mut();
            state.attributes.insert(attribute, Attribute::List(vec![tensor.into()]));
        };
        insert("dense_1", "output_keras_tensor_names");
        insert("dense_1_relu", "input_keras_tensor_names");
        assert_eq!([origin_of(&model, "dense_1"), origin_of(&model, "dense_1_relu")], parts, "{tensor}");
    }
}
