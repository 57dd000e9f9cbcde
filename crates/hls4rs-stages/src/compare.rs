//! What differs between a model behind a flow and the one that hls4ml saved there.

use std::collections::BTreeMap;

use anyhow::Result;
use hls4rs::prelude::*;
use hls4rs::{Category, diff};

/// Everything that differs, one line each. Generated C++ is compared where the model has it. `flow` is the flow whose record
/// is compared, if the stage behind it was saved.
///
/// # Errors
/// If a model lacks the record of flows.
pub fn differences(found: &mut Model, mut expected: Model, flow: Option<&str>) -> Result<Vec<String>> {
    drop_generated(found, &mut expected);
    replace_addresses(found, &mut expected);
    rename_tensors(found, &mut expected);
    let mut lines: Vec<String> = diff(found, &expected)
        .into_iter()
        .filter(|difference| difference.category != Category::Provenance || difference.place == "index")
        .map(|difference| difference.to_string())
        .collect();
    lines.extend(flow.and_then(|flow| record(found, &expected, flow)));
    Ok(lines)
}

/// Removes generated C++ that the model does not have.
fn drop_generated(found: &Model, expected: &mut Model) {
    for (name, layer) in expected.graph.layers_mut() {
        let ours = found.graph.layer(name).map(|layer| &layer.state().attributes);
        let attributes = &mut layer.state_mut().attributes;
        let generated = |(name, value): (&str, &Attribute)| {
            let is_text = name.ends_with("_cpp") || name == "include_header";
            let is_ours = ours.is_some_and(|ours| ours.contains(name));
            (!is_ours && (is_text || matches!(value, Attribute::Source(_)))).then(|| name.to_owned())
        };
        let dropped: Vec<String> = attributes.iter().filter_map(generated).collect();
        for name in dropped {
            attributes.remove(&name);
        }
    }
}

/// Puts our precisions in the place of addresses: hls4ml's pass `fix_input_precision` writes the text of a Python object into
/// the configuration, which says where in the memory of one run it was.
fn replace_addresses(found: &Model, expected: &mut Model) {
    for (key, text) in &mut expected.graph.config.precision.layer_name {
        let is_address =
            text.as_ref().is_some_and(|text| text.starts_with("<hls4ml.model.types.NamedType object at 0x"));
        let ours = found.graph.config.precision.layer_name.get(key);
        if is_address
            && let Some(Some(ours)) = ours
            && ours.parse::<Precision>().is_ok()
        {
            *text = Some(ours.clone());
        }
    }
}

/// Gives Keras' tensors our names, where each of them has one of ours: Keras numbers the tensors of a whole program.
fn rename_tensors(found: &Model, expected: &mut Model) {
    let mut ours: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (name, layer) in expected.graph.layers_mut() {
        for key in ["input_keras_tensor_names", "output_keras_tensor_names"] {
            let known =
                found.graph.layer(name).and_then(|layer| layer.state().attributes.get(key)?.as_list());
            let Some(Attribute::List(tensors)) = layer.state_mut().attributes.get_mut(key) else { continue };
            for (tensor, known) in tensors.iter_mut().zip(known.unwrap_or_default()) {
                let (Some(theirs), Some(known)) = (tensor.as_str(), known.as_str()) else { continue };
                let ((theirs, suffix), (known, _)) = (base(theirs), base(known));
                let theirs = theirs.to_owned();
                let mapped = ours.entry(theirs.clone()).or_insert_with(|| known.to_owned()).clone();
                if *taken.entry(mapped.clone()).or_insert_with(|| theirs.clone()) == theirs {
                    *tensor = format!("{mapped}{suffix}").into();
                }
            }
        }
    }
}

/// The name of a tensor, and what hls4ml puts behind it.
fn base(name: &str) -> (&str, &str) {
    let mut base = name;
    while let Some(shorter) = base.strip_suffix("_activation").or_else(|| base.strip_suffix("_q")) {
        base = shorter;
    }
    name.split_at(base.len())
}

/// The passes that a flow is recorded with are a set: hls4ml saves them in no order. Templates that somebody registered for layers
/// of their own do not count.
fn record(found: &Model, expected: &Model, flow: &str) -> Option<String> {
    let foreign = foreign_templates(expected);
    let passes = |model: &Model| {
        let group = model.graph.applied_flows().last()?;
        let mut passes = group.get(flow)?.clone();
        passes.sort();
        passes.retain(|pass| !foreign.iter().any(|template| pass.contains(template)));
        Some(passes)
    };
    let (ours, theirs) = (passes(found), passes(expected));
    (ours != theirs).then(|| {
        let show =
            |passes: Option<Vec<String>>| passes.map_or("(nothing)".to_owned(), |passes| passes.join(", "));
        format!("record of `{flow}`: {} → {}", show(ours), show(theirs))
    })
}

/// How the names of templates begin that are for layers of unknown classes.
fn foreign_templates(model: &Model) -> Vec<String> {
    let foreign = model.graph.layers().filter(|(_, layer)| !layer.is_known());
    foreign.map(|(_, layer)| format!(":{}_", layer.kind().to_lowercase())).collect()
}
