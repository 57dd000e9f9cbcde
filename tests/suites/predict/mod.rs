//! Predictions are those of hls4ml's compiled projects, bit for bit, whichever way they are made.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod errors;
mod forms;
mod ledger;
mod loops;
mod recorded;
mod robust;
mod spiking;
mod traces;

use hls4rs::emulator::TracedOutput;
use hls4rs::prelude::*;
use hls4rs::types::DType;
use hls4rs::{Plan, PredictOptions};
use hls4rs_tests::Golden;

fn plain() -> PredictOptions {
    PredictOptions::default()
}

/// The plan of a golden.
fn plan(golden: &Golden) -> Plan {
    hls4rs::plan(golden.model()).unwrap_or_else(|error| panic!("{}: {error}", golden.name))
}

/// The elements of an array, as bits of `f64`; arrays are compared by them, whatever their shapes.
fn bits(array: &Tensor) -> Vec<u64> {
    array.iter_f64().unwrap().map(f64::to_bits).collect()
}

/// The elements of several arrays.
fn all_bits(arrays: &[Tensor]) -> Vec<Vec<u64>> {
    arrays.iter().map(bits).collect()
}

/// The elements that layers made, with the names of their outputs.
fn traced_bits(trace: &[TracedOutput]) -> Vec<(&str, Vec<u64>)> {
    trace.iter().map(|traced| (traced.output.as_str(), bits(&traced.values))).collect()
}

/// An array of single precision as one of double precision.
fn doubles(array: &Tensor) -> Tensor {
    assert_eq!(array.dtype(), DType::F32);
    Tensor::new(array.shape(), array.iter_f64().unwrap().collect::<Vec<f64>>()).unwrap()
}

/// Samples of an array of single precision, taken by number.
fn rows(array: &Tensor, numbers: impl Iterator<Item = usize>) -> Tensor {
    let values: Vec<f32> = array.view::<f32>().unwrap().iter().copied().collect();
    let row = values.len() / array.shape()[0];
    let numbers: Vec<usize> = numbers.collect();
    let shape = [&[numbers.len()], &array.shape()[1..]].concat();
    let taken = numbers.iter().flat_map(|number| values[number * row..][..row].iter().copied());
    Tensor::new(&shape, taken.collect()).unwrap()
}
