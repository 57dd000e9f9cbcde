//! Models of Keras 3, and architectures.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hls4rs_tests::fuzz::keras(bytes));
