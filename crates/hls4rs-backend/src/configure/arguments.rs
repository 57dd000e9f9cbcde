//! From the arguments of a converter to the options of a conversion.

use hls4rs_graph::Diagnostic;
use hls4rs_types::{Attribute, Attributes};

use crate::Backend;

/// Which converter the arguments are for: each adds entries of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Keras.
    Keras,
    /// ONNX.
    Onnx,
    /// PyTorch.
    Torch,
}

/// Arguments that are for the converter rather than for the backend.
const OF_CONVERTERS: &[&str] = &[
    "backend",
    "hls_config",
    "bit_exact",
    "input_data_tb",
    "output_data_tb",
    "allow_da_fallback",
    "allow_v2_fallback",
    "board",
];

/// Sections of `HLSConfig` that are passed on as they are.
const SECTIONS: &[&str] = &["LayerName", "LayerType", "Flows", "Optimizers", "SkipOptimizers"];

/// The options of a conversion from the keyword arguments of hls4ml's converters, and what is wrong with them.
///
/// **Source:** `convert_from_keras_model`, `convert_from_onnx_model` and `convert_from_pytorch_model` of `hls4ml.converters`, and
/// `create_config` of `hls4ml.utils.config`, hls4ml 1.3.0.
#[must_use]
pub fn options_from_arguments(
    backend: &dyn Backend,
    kind: SourceKind,
    arguments: &Attributes,
) -> (Attributes, Vec<Diagnostic>) {
    let is_of_backend = |(name, _): &(&str, &Attribute)| !OF_CONVERTERS.contains(name) || *name == "board";
    let given = arguments.iter().filter(is_of_backend).map(|(name, value)| (name, value.clone()));
    let (mut options, found) = backend.configuration(&given.collect());
    let argument = |name: &str| arguments.get(name).cloned().unwrap_or_default();
    options.insert("InputData", argument("input_data_tb"));
    options.insert("OutputPredictions", argument("output_data_tb"));
    let empty = Attributes::new();
    let hls = arguments.get("hls_config").and_then(Attribute::as_map).unwrap_or(&empty);
    let mut config = Attributes::new();
    let mut model = hls.get("Model").and_then(Attribute::as_map).cloned().unwrap_or_default();
    for (key, value) in [("Precision", Attribute::from("fixed<16,6>")), ("ReuseFactor", Attribute::Int(1))] {
        if !model.contains(key) {
            model.insert(key, value);
        }
    }
    if kind == SourceKind::Keras {
        model.insert("BitExact", argument("bit_exact"));
    }
    config.insert("Model", model);
    for section in SECTIONS {
        if let Some(value) = hls.get(section) {
            config.insert(*section, value.clone());
        }
    }
    options.insert("HLSConfig", config);
    if kind == SourceKind::Torch {
        options.insert("InputShape", hls.get("InputShape").cloned().unwrap_or_default());
    }
    (options, found)
}

/// The arguments that give the same options for another backend: what the user said about the model and the project, and
/// those of the old backend's options that are not its defaults and that the new one has, too.
///
/// Part, clock period and clock uncertainty belong to the old backend's devices, and become the new one's defaults.
#[must_use]
pub fn arguments_for(options: &Attributes, old: &dyn Backend, new: &dyn Backend) -> Attributes {
    const DEVICE: &[&str] = &["part", "clock_period", "clock_uncertainty"];
    let (defaults, _) = old.configuration(&Attributes::new());
    let mut arguments = Attributes::new();
    let known = |name: &str| new.options().iter().any(|option| option.name == name);
    let all = crate::COMMON_OPTIONS.iter().chain(old.options());
    for option in all.filter(|option| !option.name.is_empty() && !DEVICE.contains(&option.name)) {
        let is_common = crate::COMMON_OPTIONS.iter().any(|common| common.name == option.name);
        let value = at(options, option.path);
        if value.is_some() && value != at(&defaults, option.path) && (is_common || known(option.name)) {
            arguments.insert(option.name, value.cloned().unwrap_or_default());
        }
    }
    for (argument, key) in [("input_data_tb", "InputData"), ("output_data_tb", "OutputPredictions")] {
        if let Some(value) = options.get(key) {
            arguments.insert(argument, value.clone());
        }
    }
    let mut hls = options.get("HLSConfig").and_then(Attribute::as_map).cloned().unwrap_or_default();
    if let Some(Attribute::Map(model)) = hls.get_mut("Model")
        && let Some(exact) = model.remove("BitExact")
    {
        arguments.insert("bit_exact", exact);
    }
    if let Some(shape) = options.get("InputShape") {
        hls.insert("InputShape", shape.clone());
    }
    arguments.insert("hls_config", hls);
    arguments
}

/// The converter that made options.
#[must_use]
pub fn source_kind(options: &Attributes) -> SourceKind {
    let model = options.get("HLSConfig").and_then(|hls| hls.as_map()?.get("Model")?.as_map());
    if options.contains("InputShape") {
        SourceKind::Torch
    } else if model.is_some_and(|model| model.contains("BitExact")) {
        SourceKind::Keras
    } else {
        SourceKind::Onnx
    }
}

/// The value at a path of keys.
fn at<'a>(map: &'a Attributes, path: &[&str]) -> Option<&'a Attribute> {
    match path {
        [] => None,
        [key] => map.get(key),
        [key, rest @ ..] => at(map.get(key)?.as_map()?, rest),
    }
}
