//! Models of ONNX.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hls4rs_tests::fuzz::onnx(bytes));
