//! Arrays in NumPy's format.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hls4rs_tests::fuzz::npy(bytes));
