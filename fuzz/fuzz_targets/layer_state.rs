//! Layers as `model_arch.json` holds them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hls4rs_tests::fuzz::layer_state(bytes));
