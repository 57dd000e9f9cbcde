//! Predictions do not allocate once the first one is done. A process of its own, since every allocation is counted.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::emulator::Port;
use hls4rs::types::Tensor;
use hls4rs_tests::goldens;

/// The elements of arrays in single precision.
fn elements(arrays: &[Tensor]) -> Vec<Vec<f32>> {
    arrays.iter().map(|array| array.view::<f32>().unwrap().iter().copied().collect()).collect()
}

#[test]
fn sessions_do_not_allocate_after_the_first_prediction() {
    for golden in goldens() {
        let Some(recorded) = golden.recorded() else { continue };
        let plan = hls4rs::plan(golden.model()).unwrap();
        let samples = recorded.inputs[0].shape()[0];
        let inputs = elements(&recorded.inputs);
        let expected = elements(&recorded.outputs);
        for use_fast in [true, false] {
            for makes_all in [true, false] {
                let mut session =
                    plan.session_of(samples).with_fast_kernels(use_fast).with_all_outputs(makes_all);
                let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
                let mut outputs: Vec<Vec<f32>> =
                    expected.iter().map(|output| vec![0.0; output.len()]).collect();
                let mut places: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
                session.predict(&inputs, &mut places).unwrap();
                let counted = allocation_counter::measure(|| {
                    for _ in 0..3 {
                        session.predict(&inputs, &mut places).unwrap();
                    }
                });
                let place = format!("{}: fast: {use_fast}, all outputs: {makes_all}", golden.name);
                assert_eq!(counted.count_total, 0, "{place}");
                assert!(outputs == expected, "{place}");
            }
        }
    }
}

#[test]
fn neither_do_sessions_that_give_what_all_layers_make() {
    for golden in goldens() {
        let Some(recorded) = golden.recorded() else { continue };
        let plan = hls4rs::plan(golden.model()).unwrap();
        let samples = recorded.inputs[0].shape()[0];
        let inputs = elements(&recorded.inputs);
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        let ports: Vec<&Port> = plan.layers().flat_map(|(_, ports)| ports).collect();
        let mut session = plan.session_of(samples).with_outputs(&ports).unwrap();
        let mut values: Vec<Vec<f32>> = ports.iter().map(|port| vec![0.0; samples * port.len()]).collect();
        let mut places: Vec<&mut [f32]> = values.iter_mut().map(Vec::as_mut_slice).collect();
        session.predict(&inputs, &mut places).unwrap();
        let counted = allocation_counter::measure(|| session.predict(&inputs, &mut places).unwrap());
        assert_eq!(counted.count_total, 0, "{}", golden.name);
    }
}
