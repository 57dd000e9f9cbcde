//! QKeras' quantizer functions give the values and scales that QKeras gives, to the bit.
//!
//! `tests/python/qkeras_functions.py` wrote `qkeras.jsonl`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking, helper functions too")]

use hls4rs_types::quantizers::{QKerasBinaryQuantizer, QKerasPo2Quantizer, QKerasQuantizer};
use hls4rs_types::{
    Attributes, DType, QuantizeError, Quantizer, Scale, ScaledValues, Tensor, from_attribute, to_attribute,
};
use serde_json::Value;

/// The array of so many hexadecimal digits.
fn array(shape: &Value, digits: &Value) -> Tensor {
    let shape: Vec<usize> = shape.as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    let digits = digits.as_str().unwrap().as_bytes();
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    let values = bytes.chunks(4).map(|four| f32::from_le_bytes(four.try_into().unwrap()));
    Tensor::new(&shape, values.collect()).unwrap()
}

fn assert_alike(found: &Tensor, expected: &Tensor, at: &str) {
    assert_eq!((found.dtype(), found.shape()), (DType::F32, expected.shape()), "{at}");
    let (found, expected) = (found.view::<f32>().unwrap(), expected.view::<f32>().unwrap());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let is_alike = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
        assert!(is_alike, "{at}, {i}: {found:?}, not {expected:?}");
    }
}

#[test]
fn functions_are_those_of_qkeras() {
    let mut n = 0;
    for line in include_str!("qkeras.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let config: Attributes = from_attribute(&to_attribute(&case["quantizer"]).unwrap()).unwrap();
        let quantizer = QKerasQuantizer { config };
        let at = format!("{} {}", case["quantizer"], case["shape"]);
        let x = array(&case["shape"], &case["x"]);
        let values = quantizer.quantize(&x).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert_alike(&values, &array(&case["shape"], &case["values"]), &at);
        match (quantizer.quantize_scaled(&x), &case["scale"]) {
            (
                Ok(ScaledValues { values: again, scale: Scale::Computed(scale) }),
                expected @ Value::Object(_),
            ) => {
                assert_alike(&scale, &array(&expected["shape"], &expected["values"]), &at);
                assert_eq!(again, values, "{at}");
            }
            (Ok(ScaledValues { scale: Scale::Number(scale), .. }), expected) => {
                assert_eq!(Some(scale), expected.as_f64(), "{at}");
            }
            (Err(QuantizeError::NoScale { .. }), Value::Null) => {}
            (found, expected) => panic!("{at}: {found:?}, not {expected}"),
        }
        if case["unscaled"].is_string() {
            let unscaled = quantizer.quantize_unscaled(&x).unwrap();
            assert_alike(&unscaled, &array(&case["shape"], &case["unscaled"]), &at);
        }
        n += 1;
    }
    assert!(n >= 110, "{n}");
}

fn config(class: &str, entries: &[(&str, hls4rs_types::Attribute)]) -> Attributes {
    let inner: Attributes = entries.iter().cloned().collect();
    [("class_name", class.into()), ("config", hls4rs_types::Attribute::Map(inner))].into()
}

#[test]
fn binary_quantizers_end_with_levels() {
    let config = config("binary", &[("alpha", "auto".into())]);
    let x = Tensor::new(&[3, 1], vec![0.5f32, -0.25, 0.0]).unwrap();
    let xnor = QKerasBinaryQuantizer { config: config.clone(), xnor: true };
    assert_eq!(xnor.quantize(&x).unwrap(), Tensor::new(&[3, 1], vec![1i64, 0, 1]).unwrap());
    let signs = QKerasBinaryQuantizer { config, xnor: false };
    assert_eq!(signs.quantize(&x).unwrap(), Tensor::new(&[3, 1], vec![1f32, -1.0, 1.0]).unwrap());
}

#[test]
fn double_precision_becomes_single() {
    let po2 = QKerasPo2Quantizer { config: config("quantized_po2", &[("bits", 4.into())]) };
    let x = Tensor::vector(vec![0.3f64, -3.0]);
    assert_eq!(po2.quantize(&x).unwrap(), Tensor::vector(vec![0.25f32, -4.0]));
}

#[test]
fn what_qkeras_refuses_is_refused() {
    let message = |class: &str, entries: &[(&str, hls4rs_types::Attribute)]| {
        let quantizer = QKerasQuantizer { config: config(class, entries) };
        quantizer.quantize(&Tensor::new(&[2, 3], vec![0.5f32; 6]).unwrap()).unwrap_err().to_string()
    };
    assert_eq!(
        message("quantized_bits", &[("integer", (-1).into())]),
        "quantizer `quantized_bits`: `integer`: expected a whole number from 0 to 30, found -1"
    );
    assert_eq!(
        message("ternary", &[("alpha", "auto".into()), ("threshold", 0.5.into())]),
        "quantizer `ternary`: `threshold`: expected none beside an automatic `alpha`, found 0.5"
    );
    assert_eq!(
        message("bernoulli", &[]),
        "quantizer `bernoulli`: its values can be loaded and saved, but not computed"
    );
}
