//! The options that the converter's arguments give, and those that hls4ml saved.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hls4rs::archive::read_json;
use hls4rs::backend::configure::{SourceKind, options_from_arguments};
use hls4rs::prelude::*;
use serde::Deserialize;

/// What `case.json` says.
#[derive(Deserialize)]
struct About {
    kind: String,
}

/// Everything in which the options differ.
///
/// # Errors
/// If the case lacks a file.
pub(crate) fn differences(case: &Path, parsed: &Model) -> Result<Vec<String>> {
    let (options, found) = options(case)?;
    let stored = &parsed.graph.config.options;
    let options = without_added(options, stored);
    let mut lines: Vec<String> = found.iter().map(|found| found.to_string()).collect();
    for name in stored.names().chain(options.names().filter(|name| !stored.contains(name))) {
        let (ours, theirs) = (options.get(name), stored.get(name));
        if ours != theirs {
            lines.push(format!("{name}: {} → {}", shown(ours), shown(theirs)));
        }
    }
    if lines.is_empty() && options.names().ne(stored.names()) {
        lines.push(format!(
            "order: {:?} → {:?}",
            options.names().collect::<Vec<_>>(),
            stored.names().collect::<Vec<_>>()
        ));
    }
    Ok(lines)
}

/// The kind of a case's source, and the arguments of its conversion.
///
/// # Errors
/// If the case lacks a file.
pub(crate) fn of(case: &Path) -> Result<(SourceKind, Attributes)> {
    let about: About = serde_json::from_str(&fs::read_to_string(case.join("case.json"))?)?;
    let kind = match about.kind.as_str() {
        "keras" => SourceKind::Keras,
        "onnx" => SourceKind::Onnx,
        "pytorch" => SourceKind::Torch,
        other => return Err(anyhow!("expected a known kind of source, found `{other}`")),
    };
    let text = fs::read(case.join("config.json")).context("config.json")?;
    let arguments = read_json("config.json", &text)?;
    Ok((kind, arguments.as_map().context("expected a map of arguments")?.clone()))
}

/// The options that the arguments of a case give, and what was found in them.
///
/// # Errors
/// If the case lacks a file.
pub(crate) fn options(case: &Path) -> Result<(Attributes, Vec<Diagnostic>)> {
    let (kind, arguments) = of(case)?;
    let backend = arguments.get("backend").and_then(Attribute::as_str).unwrap_or("Vivado");
    Ok(options_from_arguments(hls4rs::expect_backend(backend)?, kind, &arguments))
}

/// The arguments were recorded behind the conversion, whose passes add to what is said about layers: without that.
fn without_added(mut options: Attributes, stored: &Attributes) -> Attributes {
    let layers = |options: &Attributes| {
        let names = options.get("HLSConfig")?.as_map()?.get("LayerName")?.as_map()?.names();
        Some(names.map(str::to_owned).collect::<Vec<_>>())
    };
    let (Some(ours), Some(theirs)) = (layers(&options), layers(stored)) else { return options };
    if let Some(Attribute::Map(hls)) = options.get_mut("HLSConfig")
        && let Some(Attribute::Map(names)) = hls.get_mut("LayerName")
    {
        for added in ours.iter().filter(|name| !theirs.contains(name)) {
            names.remove(added);
        }
    }
    options
}

fn shown(value: Option<&Attribute>) -> String {
    value.map_or("(nothing)".to_owned(), |value| format!("{value:?}"))
}
