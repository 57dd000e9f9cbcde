//! Models of Keras in HDF5.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hls4rs_tests::fuzz::keras_h5(bytes));
