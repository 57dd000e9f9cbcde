//! Layers: what is read is checked, inferred, written and read back.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::{read_json, write_json};
use hls4rs::layers::{Shape, check_attributes, layer_of_class};
use hls4rs::prelude::*;
use hls4rs::types::{BridgeError, from_attribute, to_attribute, upgrade};
use serde::de::DeserializeOwned;

use super::check_message;

/// The field of an input that holds shapes for the layer's inputs. Layers of archives have no such field.
pub(super) const INPUT_SHAPES: &str = "input_shapes";

/// A layer as `model_arch.json` holds it, with arrays in their inline form, and shapes of its inputs.
pub fn layer_state(bytes: &[u8]) {
    let tree = match read_json("layer.json", bytes) {
        Ok(tree) => tree,
        Err(error) => return check_message(&error),
    };
    let Some((class_name, state)) = class_and_state(tree) else { return };
    let (state, shapes) = match typed(state) {
        Ok(typed) => typed,
        Err(error) => return drop(error.to_string()),
    };
    let layer = match layer_of_class(&class_name, state) {
        Ok(layer) => layer,
        Err(error) => return drop(error.to_string()),
    };
    check_written(layer.as_ref());
    if let Err(error) = check_attributes(layer.spec(), layer.state()) {
        return drop(error.to_string());
    }
    layer.state().attributes.values().for_each(look);
    layer.verify().iter().for_each(|problem| drop(problem.error.to_string()));
    let _ = layer.infer(&shapes).map_err(|error| error.to_string());
}

fn class_and_state(layer: Attribute) -> Option<(String, Attributes)> {
    let Attribute::Map(mut layer) = layer else { return None };
    match (layer.remove("class_name")?, layer.remove("state")?) {
        (Attribute::String(class_name), Attribute::Map(state)) => Some((class_name, state)),
        _ => None,
    }
}

fn typed(mut state: Attributes) -> Result<(LayerState, Vec<Shape>), BridgeError> {
    let (inputs, outputs) = (take(&mut state, "inputs")?, take(&mut state, "outputs")?);
    let shapes: Vec<Shape> = take(&mut state, INPUT_SHAPES)?;
    let attributes = match state.remove("attributes") {
        Some(Attribute::Map(attributes)) => upgraded(attributes)?,
        _ => Attributes::new(),
    };
    Ok((LayerState { inputs, outputs, attributes, extra: upgraded(state)?, ..LayerState::default() }, shapes))
}

/// Takes a field out of a map; what is missing is empty.
fn take<T: DeserializeOwned + Default>(map: &mut Attributes, name: &str) -> Result<T, BridgeError> {
    map.remove(name).map_or_else(|| Ok(T::default()), |value| from_attribute(&value))
}

fn upgraded(mut map: Attributes) -> Result<Attributes, BridgeError> {
    for (_, value) in map.iter_mut() {
        *value = upgrade(std::mem::take(value))?;
    }
    Ok(map)
}

/// What programs ask of a value.
fn look(value: &Attribute) {
    let (quantizer, precision) = match value {
        Attribute::Quantizer(quantizer) => (Some(quantizer.as_ref()), quantizer.precision()),
        Attribute::Weight(weight) => {
            let _ = (weight.n_zeros().unwrap(), weight.shape().len());
            (weight.quantizer.as_ref(), Some(weight.precision()))
        }
        Attribute::Variable(variable) => {
            let _ = (variable.size(), variable.dims());
            (None, Some(variable.precision()))
        }
        Attribute::Type(named) => (None, Some(named.precision)),
        Attribute::Precision(precision) => (None, Some(*precision)),
        _ => (None, None),
    };
    if let Some(precision) = precision {
        let _ =
            (precision.to_string(), precision.width(), precision.to_fixed().map(|fixed| fixed.fractional()));
    }
    if let Some(quantizer) = quantizer {
        let values = Tensor::vector(vec![0.0, -0.75, 1e300, f64::NAN, f64::NEG_INFINITY]);
        let _ = (quantizer.describe(), quantizer.quantize(&values).map_err(|error| error.to_string()));
    }
}

/// The layer is the same after a way through its serde form, and through JSON.
fn check_written(layer: &dyn Layer) {
    let plain = to_attribute(layer.state()).unwrap();
    assert_eq!(from_attribute::<LayerState>(&plain).unwrap(), *layer.state());
    let text = write_json(&plain);
    let back = read_json("layer.json", text.as_bytes()).unwrap();
    assert_eq!(from_attribute::<LayerState>(&back).unwrap(), *layer.state());
}
