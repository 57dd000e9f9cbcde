//! Checking a configuration before anything is converted.

use hls4rs_graph::{Diagnostic, DiagnosticSpec, Severity};
use hls4rs_layers::layers::LAYERS;
use hls4rs_layers::{AttributeSpec, spec_of_alias};
use hls4rs_types::{Attribute, AttributeType, Attributes, Precision};

use super::values::{LAYER, MODEL, SECTIONS, Value};
use super::{attributes_of, nearest, pascal_case};
use crate::Backend;

/// Every kind of finding of [`check_configuration`].
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    DiagnosticSpec {
        id: "unknown-key",
        severity: Severity::Warning,
        meaning: "The configuration has a key that nothing reads, so that it has no effect.",
        remedy: "Remove the key, or write it as the help line says.",
    },
    DiagnosticSpec {
        id: "unknown-layer",
        severity: Severity::Warning,
        meaning: "The configuration is about a layer, or a kind of layer, that the model does not have.",
        remedy: "Use the name of one of the model's layers; `hls4rs inspect` lists them.",
    },
    DiagnosticSpec {
        id: "impossible-value",
        severity: Severity::Error,
        meaning: "The configuration has a value that its key cannot have.",
        remedy: "Use a value of the kind that the message tells.",
    },
];

/// Everything that is wrong with `HLSConfig`: unknown sections, keys, layers and kinds, each with the nearest name that there
/// is, and values that cannot be. `layers` are the names and kinds of the model's layers; without any, names are not checked.
#[must_use]
pub fn check_configuration(
    hls: &Attributes,
    backend: &dyn Backend,
    layers: &[(String, String)],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (section, value) in hls.iter() {
        let known = || SECTIONS.iter().copied();
        if !known().any(|name| name == section) {
            found.push(unknown_key("HLSConfig", section, known()));
            continue;
        }
        let Some(map) = value.as_map() else {
            if matches!(section, "Model" | "LayerType" | "LayerName") && !value.is_null() {
                found.push(impossible(section, "a map", value));
            }
            continue;
        };
        match section {
            "Model" => check_keys("Model", map, MODEL, &[], &mut found),
            "LayerType" => check_kinds(map, backend, layers, &mut found),
            "LayerName" => check_names(map, backend, layers, &mut found),
            _ => {}
        }
    }
    found
}

fn check_kinds(
    map: &Attributes,
    backend: &dyn Backend,
    layers: &[(String, String)],
    found: &mut Vec<Diagnostic>,
) {
    for (kind, value) in map.iter() {
        let place = format!("LayerType.{kind}");
        let Some(spec) = spec_of_alias(kind) else {
            let near = nearest(kind, LAYERS.iter().map(|spec| spec.kind));
            found.push(unknown_layer(&place, "a kind of layer", near));
            continue;
        };
        if !layers.is_empty() && !layers.iter().any(|(_, used)| used == kind) {
            let near = nearest(kind, layers.iter().map(|(_, kind)| kind.as_str()));
            found.push(unknown_layer(&place, "a kind of layer that the model has", near));
        }
        check_layer(&place, value, &attributes_of(spec, Some(backend)), found);
    }
}

fn check_names(
    map: &Attributes,
    backend: &dyn Backend,
    layers: &[(String, String)],
    found: &mut Vec<Diagnostic>,
) {
    for (name, value) in map.iter() {
        let place = format!("LayerName.{name}");
        let layer = layers.iter().find(|(known, _)| known == name);
        if layer.is_none() && !layers.is_empty() && !is_derived(name, layers) {
            let near = nearest(name, layers.iter().map(|(name, _)| name.as_str()));
            found.push(unknown_layer(&place, "a layer of the model", near));
        }
        let spec = layer.and_then(|(_, kind)| spec_of_alias(kind));
        let extra = spec.map(|spec| attributes_of(spec, Some(backend)));
        match extra {
            Some(extra) => check_layer(&place, value, &extra, found),
            // what keys a layer takes is not known without its kind
            None => check_values(&place, value, found),
        }
    }
}

/// Whether a conversion makes a layer of that name from one of the model's: `dense_relu`, `dense_alpha`, `dense_linear`.
fn is_derived(name: &str, layers: &[(String, String)]) -> bool {
    layers
        .iter()
        .any(|(known, _)| name.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('_')))
}

fn check_layer(place: &str, value: &Attribute, attributes: &[AttributeSpec], found: &mut Vec<Diagnostic>) {
    match value.as_map() {
        Some(map) => check_keys(place, map, LAYER, attributes, found),
        None if value.is_null() => {}
        None => found.push(impossible(place, "a map", value)),
    }
}

/// Checks the values of keys that are known, and leaves others alone.
fn check_values(place: &str, value: &Attribute, found: &mut Vec<Diagnostic>) {
    for (key, value) in value.as_map().into_iter().flat_map(Attributes::iter) {
        if let Some((_, kind)) = LAYER.iter().find(|(name, _)| *name == key) {
            check_value(&format!("{place}.{key}"), *kind, value, found);
        }
    }
}

fn check_keys(
    place: &str,
    map: &Attributes,
    keys: &[(&'static str, Value)],
    attributes: &[AttributeSpec],
    found: &mut Vec<Diagnostic>,
) {
    for (key, value) in map.iter() {
        let at = format!("{place}.{key}");
        let attribute = attributes.iter().find(|attribute| attribute.name == hls4rs_layers::snake_case(key));
        match (keys.iter().find(|(name, _)| *name == key), attribute) {
            (Some((_, kind)), _) => check_value(&at, *kind, value, found),
            (None, Some(attribute)) => check_attribute(&at, attribute, value, found),
            (None, None) => {
                let pascal: Vec<String> =
                    attributes.iter().map(|attribute| pascal_case(attribute.name)).collect();
                let names = keys.iter().map(|(name, _)| *name).chain(pascal.iter().map(String::as_str));
                found.push(unknown_key(place, key, names));
            }
        }
    }
}

fn check_value(place: &str, kind: Value, value: &Attribute, found: &mut Vec<Diagnostic>) {
    if let Value::Precisions = kind {
        check_precisions(place, value, found);
    } else if let Some(expected) = kind.wrong(value) {
        found.push(impossible(place, &expected, value));
    }
}

/// A precision, or a map of them by slot.
fn check_precisions(place: &str, value: &Attribute, found: &mut Vec<Diagnostic>) {
    match value {
        Attribute::Null | Attribute::Precision(_) => {}
        Attribute::String(text) => {
            if let Err(error) = text.parse::<Precision>() {
                let message = format!("configuration: `{place}`: {error}");
                found.push(Diagnostic::error("impossible-value", message));
            }
        }
        Attribute::Map(slots) => {
            slots.iter().for_each(|(slot, value)| check_precisions(&format!("{place}.{slot}"), value, found));
        }
        other => found.push(impossible(place, "a precision, or a map of precisions", other)),
    }
}

fn check_attribute(place: &str, attribute: &AttributeSpec, value: &Attribute, found: &mut Vec<Diagnostic>) {
    if attribute.ty == AttributeType::Type {
        check_value(place, Value::Precisions, value, found);
    } else if !attribute.choices.is_empty() {
        let is_one =
            value.as_str().is_some_and(|text| attribute.choices.iter().any(|c| c.eq_ignore_ascii_case(text)));
        if !is_one {
            found.push(impossible(place, &attribute.expectation(), value));
        }
    } else if !attribute.accepts(value) {
        found.push(impossible(place, &attribute.expectation(), value));
    }
}

fn unknown_key<'a>(place: &str, key: &str, names: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let message = format!("configuration: `{place}.{key}`: nothing reads this key");
    with_nearest(Diagnostic::warning("unknown-key", message), nearest(key, names))
}

fn unknown_layer(place: &str, expected: &str, near: Option<&str>) -> Diagnostic {
    let message = format!("configuration: `{place}`: expected {expected}, found none of that name");
    with_nearest(Diagnostic::warning("unknown-layer", message), near)
}

fn with_nearest(diagnostic: Diagnostic, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

fn impossible(place: &str, expected: &str, value: &Attribute) -> Diagnostic {
    let found = match value {
        Attribute::String(text) => format!("`{text}`"),
        Attribute::Int(value) => value.to_string(),
        Attribute::Float(value) => value.to_string(),
        Attribute::Bool(value) => value.to_string(),
        other => other.describe().to_owned(),
    };
    let message = format!("configuration: `{place}`: expected {expected}, found {found}");
    Diagnostic::error("impossible-value", message)
}
