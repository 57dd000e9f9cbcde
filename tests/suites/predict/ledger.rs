//! The ledger counts what values lost, per type of each layer.

use hls4rs::layers::layers::{Dense, Input};
use hls4rs::prelude::*;
use hls4rs::{Ledger, LedgerEntry};
use hls4rs_tests::{Golden, config};
use serde_json::json;

use super::{bits, plain, plan, rows};

/// `y = x[0] + x[1] / 2`, summed in `fixed<6,3>`, which wraps, and given as `fixed<4,3,RND,SAT>`.
fn narrow() -> Model {
    let mut graph = ModelGraph::new(config(json!({"Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1}})));
    graph.set_io(["x"], ["fc"]);
    graph.add(Input::builder("x").input_shape([2])).unwrap();
    let weight = Tensor::new(&[2, 1], vec![1f32, 0.5]).unwrap();
    graph.add(Dense::builder("fc").n_in(2).n_out(1).weight(weight)).unwrap();
    let accum = NamedType::new("fc_accum_t", "fixed<6,3>".parse().unwrap());
    graph.layer_mut("fc").unwrap().state_mut().attributes.insert("accum_t", accum);
    graph.set_precision("fc", "result", "fixed<4,3,RND,SAT>".parse().unwrap()).unwrap();
    assert_eq!(graph.verify(), []);
    Model::new(graph)
}

const SAMPLES: [[f32; 2]; 5] = [
    [1.0, 1.0],    // exact
    [3.5, 2.0],    // the sum 4.5 wraps to −3.5
    [0.0625, 0.0], // the product loses its last bit
    [-4.0, -1.0],  // the sum −4.5 wraps to 3.5
    [3.875, 0.0],  // rounded to 4, which saturates at 3.5
];

fn input(samples: &[[f32; 2]]) -> Tensor {
    Tensor::new(&[samples.len(), 2], samples.concat()).unwrap()
}

fn entry<'l>(ledger: &'l Ledger, slot: &str) -> &'l LedgerEntry {
    ledger.entries.iter().find(|entry| entry.layer == "fc" && entry.slot == slot).unwrap()
}

fn counts(entry: &LedgerEntry) -> [u64; 4] {
    [entry.values, entry.wrapped, entry.saturated, entry.rounded]
}

#[test]
fn values_that_lose_something_are_counted() {
    let found = hls4rs::predict(&narrow(), &[input(&SAMPLES)], plain().with_ledger(true)).unwrap();
    let expected = Tensor::new(&[5, 1], vec![1.5f32, -3.5, 0.0, 3.5, 3.5]).unwrap();
    assert_eq!(bits(&found.outputs[0]), bits(&expected));
    let ledger = found.ledger.unwrap();

    // the bias, and two products and two sums, for each sample
    let accum = entry(&ledger, "accum");
    assert_eq!(accum.format.to_string(), "fixed<6,3>");
    assert_eq!(counts(accum), [25, 2, 0, 1]);
    assert_eq!((accum.first_sample, accum.largest), (Some(1), 4.5));
    assert_eq!((accum.sufficient_integer_bits, accum.sufficient_width()), (4, 7));

    let result = entry(&ledger, "result");
    assert_eq!(result.format.to_string(), "fixed<4,3,RND,SAT,0>");
    assert_eq!(counts(result), [5, 0, 1, 1]);
    assert_eq!((result.first_sample, result.largest), (Some(4), 3.875));
    assert_eq!((result.sufficient_integer_bits, result.sufficient_width()), (4, 5));
}

#[test]
fn the_width_needed_suffices() {
    let mut model = narrow();
    // the result's width follows from what the accumulator holds then
    for slot in ["accum", "result"] {
        let found = hls4rs::predict(&model, &[input(&SAMPLES)], plain().with_ledger(true)).unwrap();
        let ledger = found.ledger.unwrap();
        let entry = entry(&ledger, slot);
        let (width, integer) = (entry.sufficient_width(), entry.sufficient_integer_bits);
        let modes = if slot == "accum" { "TRN,WRAP" } else { "RND,SAT" };
        let precision = format!("fixed<{width},{integer},{modes}>").parse().unwrap();
        model.graph.set_precision("fc", slot, precision).unwrap();
    }
    let found = hls4rs::predict(&model, &[input(&SAMPLES)], plain().with_ledger(true)).unwrap();
    for entry in found.ledger.unwrap().entries {
        assert_eq!((entry.wrapped, entry.saturated, entry.first_sample), (0, 0, None), "{entry:?}");
    }
}

#[test]
fn values_that_lose_nothing_are_not_reported() {
    let found = hls4rs::predict(&narrow(), &[input(&SAMPLES[..1])], plain().with_ledger(true)).unwrap();
    for entry in found.ledger.unwrap().entries {
        assert_eq!(counts(&entry)[1..], [0; 3], "{entry:?}");
        assert_eq!(entry.first_sample, None);
    }
}

#[test]
fn sessions_keep_ledgers_on_demand() {
    let model = narrow();
    let plan = hls4rs::plan(&model).unwrap();
    let mut session = plan.session();
    let mut predict = |sample: usize, ledger: bool| {
        if ledger {
            session.start_ledger();
        }
        session.set_first_sample(sample);
        session.predict(&[SAMPLES[sample].as_slice()], &mut [&mut [0.0]]).unwrap();
        session.take_ledger()
    };
    assert!(predict(1, false).is_none());
    let ledger = predict(1, true).unwrap();
    assert_eq!(counts(entry(&ledger, "accum")), [5, 1, 0, 0]);
    assert_eq!(entry(&ledger, "accum").first_sample, Some(1));
    assert!(predict(0, false).is_none());
    let ledger = predict(0, true).unwrap();
    assert_eq!(counts(entry(&ledger, "accum")), [5, 0, 0, 0], "a ledger begins anew");
}

#[test]
fn ledgers_of_parts_add_up() {
    let golden = Golden::named("mlp-vivado-io_parallel");
    let inputs = golden.recorded().unwrap().inputs;
    let plan = plan(golden);
    let samples = inputs[0].shape()[0];
    let ledger = |numbers: std::ops::Range<usize>| {
        let inputs: Vec<Tensor> = inputs.iter().map(|input| rows(input, numbers.clone())).collect();
        plan.predict(&inputs, plain().with_ledger(true)).unwrap().ledger.unwrap()
    };
    let (all, head, tail) = (ledger(0..samples), ledger(0..3), ledger(3..samples));
    for ((all, head), tail) in all.entries.iter().zip(&head.entries).zip(&tail.entries) {
        let sums: Vec<u64> = counts(head).iter().zip(counts(tail)).map(|(a, b)| a + b).collect();
        assert_eq!(counts(all).to_vec(), sums, "{all:?}");
        let first = head.first_sample.or(tail.first_sample.map(|sample| sample + 3));
        assert_eq!(all.first_sample, first, "{all:?}");
        assert_eq!(all.largest.abs(), head.largest.abs().max(tail.largest.abs()), "{all:?}");
        let bits = head.sufficient_integer_bits.max(tail.sufficient_integer_bits);
        assert_eq!(all.sufficient_integer_bits, bits, "{all:?}");
    }
}
