//! What hls4ml's compiled projects returned for the goldens' inputs.

use hls4rs::PredictOptions;
use hls4rs::prelude::*;
use hls4rs_tests::{Golden, Recorded, goldens};

use super::{all_bits, bits, doubles, plain, plan, rows, traced_bits};

/// The goldens with recorded predictions.
fn recorded() -> impl Iterator<Item = (&'static Golden, Recorded)> {
    let found: Vec<_> = goldens().iter().filter_map(|golden| Some((golden, golden.recorded()?))).collect();
    assert!(found.len() >= 70, "found {} recorded predictions", found.len());
    found.into_iter()
}

#[test]
fn predictions_are_those_of_the_compiled_projects() {
    let mut compared = 0;
    for (golden, recorded) in recorded() {
        let plan = plan(golden);
        for (form, options) in [("fast", plain()), ("reference", plain().with_reference(true))] {
            let found = plan
                .predict(&recorded.inputs, options)
                .unwrap_or_else(|error| panic!("{}: {error}", golden.name));
            assert_eq!(all_bits(&found.outputs), all_bits(&recorded.outputs), "{}: {form}", golden.name);
            assert!(found.trace.is_empty() && found.ledger.is_none(), "{}", golden.name);
            for (port, output) in plan.outputs().iter().zip(&found.outputs) {
                assert_eq!(output.shape()[1..], port.shape, "{}", golden.name);
                assert_eq!(output.dtype(), recorded.outputs[0].dtype(), "{}", golden.name);
            }
            compared += found.outputs.iter().map(Tensor::len).sum::<usize>();
        }
    }
    assert!(compared > 5000, "{compared}");
}

#[test]
fn sessions_give_the_same_for_any_number_of_samples_at_a_time() {
    for (golden, recorded) in recorded() {
        let plan = plan(golden);
        let expected = all_bits(&recorded.outputs);
        let samples = recorded.inputs[0].shape()[0];
        for at_a_time in [1, 3, samples] {
            for use_fast in [true, false] {
                let mut session = plan.session_of(at_a_time).with_fast_kernels(use_fast);
                let mut found = vec![Vec::new(); expected.len()];
                for first in (0..samples).step_by(at_a_time) {
                    let numbers = || first..(first + at_a_time).min(samples);
                    let inputs: Vec<Tensor> =
                        recorded.inputs.iter().map(|input| rows(input, numbers())).collect();
                    let views: Vec<_> = inputs.iter().map(|input| input.view::<f32>().unwrap()).collect();
                    let inputs: Vec<&[f32]> = views.iter().map(|view| view.to_slice().unwrap()).collect();
                    let len = |port: &hls4rs::emulator::Port| port.len() * numbers().len();
                    let mut outputs: Vec<Vec<f32>> =
                        plan.outputs().iter().map(|port| vec![f32::NAN; len(port)]).collect();
                    let mut places: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
                    session.predict(&inputs, &mut places).unwrap();
                    for (found, output) in found.iter_mut().zip(outputs) {
                        found.extend(output.into_iter().map(|value| f64::from(value).to_bits()));
                    }
                }
                assert!(found == expected, "{}: {at_a_time} at a time, fast: {use_fast}", golden.name);
            }
        }
    }
}

#[test]
fn double_precision_changes_nothing() {
    for (golden, recorded) in recorded() {
        let inputs: Vec<Tensor> = recorded.inputs.iter().map(doubles).collect();
        let found = plan(golden).predict(&inputs, plain()).unwrap();
        for (expected, found) in recorded.outputs.iter().zip(&found.outputs) {
            assert_eq!(found.dtype().name(), "float64", "{}", golden.name);
            let singles: Vec<u64> =
                found.iter_f64().unwrap().map(|value| f64::from(value as f32).to_bits()).collect();
            assert_eq!(singles, bits(expected), "{}", golden.name);
        }
    }
}

#[test]
fn flat_inputs_and_other_orders_in_memory_are_the_same_inputs() {
    for (golden, recorded) in recorded() {
        let flat = |input: &Tensor| {
            let shape = [input.shape()[0], input.len() / input.shape()[0]];
            Tensor::new(&shape, input.view::<f32>().unwrap().iter().copied().collect()).unwrap()
        };
        let fortran = |input: &Tensor| {
            let order = hls4rs::types::Order::Fortran;
            let transposed = input.view::<f32>().unwrap().reversed_axes();
            Tensor::with_order(input.shape(), transposed.iter().copied().collect(), order).unwrap()
        };
        for inputs in [
            recorded.inputs.iter().map(flat).collect::<Vec<_>>(),
            recorded.inputs.iter().map(fortran).collect(),
        ] {
            let found = plan(golden).predict(&inputs, plain()).unwrap();
            assert_eq!(all_bits(&found.outputs), all_bits(&recorded.outputs), "{}", golden.name);
        }
    }
}

#[test]
fn an_archive_cycle_changes_nothing() {
    let verbatim = SaveOptions::default().with_plain(true).with_verbatim(true);
    for (golden, recorded) in recorded() {
        for options in [SaveOptions::default(), verbatim.clone()] {
            let bytes = golden.model().to_bytes(&options).unwrap();
            let reopened = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
            let found = hls4rs::predict(&reopened, &recorded.inputs, plain()).unwrap();
            assert_eq!(all_bits(&found.outputs), all_bits(&recorded.outputs), "{}", golden.name);
        }
    }
}

#[test]
fn traces_and_ledgers_change_nothing() {
    for (golden, recorded) in recorded() {
        let plan = plan(golden);
        let expected = all_bits(&recorded.outputs);
        let predict = |options: PredictOptions| {
            let found = plan
                .predict(&recorded.inputs, options)
                .unwrap_or_else(|error| panic!("{}: {error}", golden.name));
            assert_eq!(all_bits(&found.outputs), expected, "{}: {options:?}", golden.name);
            found
        };
        let traced = predict(plain().with_trace(true));
        let names: Vec<&str> = traced.trace.iter().map(|traced| traced.output.as_str()).collect();
        let layers = plan.layers().flat_map(|(_, ports)| ports).map(|port| port.name.as_str());
        assert_eq!(names, layers.collect::<Vec<_>>(), "{}", golden.name);
        for (port, output) in plan.outputs().iter().zip(&traced.outputs) {
            for same in traced.trace.iter().filter(|traced| traced.output == port.name) {
                assert_eq!(bits(&same.values), bits(output), "{}: {}", golden.name, port.name);
            }
        }
        let like_definitions = predict(plain().with_trace(true).with_reference(true));
        assert_eq!(
            traced_bits(&traced.trace),
            traced_bits(&like_definitions.trace),
            "{}: fast and reference",
            golden.name
        );
        let ledger = predict(plain().with_ledger(true)).ledger.unwrap();
        assert!(ledger.entries.iter().any(|entry| entry.values > 0), "{}", golden.name);
        let both = predict(plain().with_ledger(true).with_trace(true));
        assert_eq!(traced_bits(&traced.trace), traced_bits(&both.trace), "{}: ledger", golden.name);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for name in ["mlp-vivado-io_parallel", "qkeras_cnn-vitis-io_stream", "multi_io-quartus-io_parallel"] {
        let golden = Golden::named(name);
        let recorded = golden.recorded().unwrap();
        let plan = plan(golden);
        let samples = recorded.inputs[0].shape()[0];
        let many: Vec<Tensor> = recorded
            .inputs
            .iter()
            .map(|input| rows(input, (0..500).map(|number| number % samples)))
            .collect();
        let expected: Vec<Tensor> = recorded
            .outputs
            .iter()
            .map(|output| rows(output, (0..500).map(|number| number % samples)))
            .collect();
        let mut ledgers = Vec::new();
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| plan.predict(&many, plain())).unwrap();
            assert_eq!(all_bits(&found.outputs), all_bits(&expected), "{name}: {threads} threads");
            let found = pool.install(|| plan.predict(&many, plain().with_ledger(true))).unwrap();
            assert_eq!(all_bits(&found.outputs), all_bits(&expected), "{name}: {threads} threads");
            ledgers.push(format!("{:?}", found.ledger.unwrap()));
        }
        assert!(ledgers.windows(2).all(|pair| pair[0] == pair[1]), "{name}: {ledgers:?}");
    }
}

#[test]
fn no_samples_give_no_outputs() {
    for (golden, _) in recorded() {
        let plan = plan(golden);
        let none = |port: &hls4rs::emulator::Port| {
            Tensor::new(&[&[0], port.shape.as_slice()].concat(), Vec::<f32>::new()).unwrap()
        };
        let inputs: Vec<Tensor> = plan.inputs().iter().map(none).collect();
        let found = plan.predict(&inputs, plain().with_trace(true)).unwrap();
        for (port, output) in plan.outputs().iter().zip(&found.outputs) {
            assert_eq!(output.shape(), [&[0], port.shape.as_slice()].concat(), "{}", golden.name);
        }
    }
}
