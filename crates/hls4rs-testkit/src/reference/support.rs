//! `support.md`: what can be done with each kind, and which golden files hold it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hls4rs::emulator::{BACKENDS, KERNELS, REASONS};
use hls4rs::layers::layers::LAYERS;
use hls4rs::layers::{
    AttributeSpec, AttributeType, Initializer, LayerError, LayerSpec, LayerState, Unattached,
};
use hls4rs::types::{Attribute, Tensor};

use super::layers::heading;
use super::markdown::{anchor, head, table};

const INTRODUCTION: &str = "\
What this version does with each kind of layer.

- **open, show, save**: archives with such layers are read and written without loss, whatever the layer holds; `inspect`, \
  `print` and `diff` show it.
- **verify, shapes**: attributes are checked against the declaration, and the shapes of outputs are derived from inputs and \
  attributes.
- **create**: a layer described in code gets its outputs, weights and types as hls4ml makes them.
- **predict**: `predict` and `profile` compute what hls4ml's compiled project does, bit for bit, on the backends that have C++ for \
  the kind. A layer that cannot be run as it is configured is named with the reason. *In place* means another name of the same \
  memory, for which there is nothing to compute.
- **goldens**: cases below `tests/goldens` whose graph, as hls4ml converted it, has such a layer.

Layers of classes that are not listed are opened, shown, compared and saved without loss, too. Their shapes are not \
derived. Programs can [register kernels](../howto/add-a-kernel.md) for them.
";

/// See [`super::PAGES`].
pub(super) fn page(root: &Path) -> Result<String> {
    let goldens = goldens(&root.join("tests/goldens"))?;
    let row = |spec: &&'static LayerSpec| {
        let heading = heading(spec);
        let cases = goldens.get(spec.kind).copied().unwrap_or(0);
        vec![
            format!("[{heading}](layers.md#{})", anchor(&heading)),
            "yes".to_owned(),
            yes_or_reason((spec.infer)(&LayerState::default(), &[]).err()),
            create(spec),
            predict(spec.kind),
            if heading == spec.kind { cases.to_string() } else { String::new() },
        ]
    };
    let titles = ["kind", "open, show, save", "verify, shapes", "create", "predict", "goldens"];
    let introduction = format!("{INTRODUCTION}\n{}", backends());
    Ok(format!("{}\n{}", head("Support", &introduction), table(&titles, LAYERS.iter().map(row))))
}

/// The backends that nothing can be predicted for.
fn backends() -> String {
    let row =
        |(vendor, reason): &(_, &str)| format!("- **{vendor}** has no predictions: a backend {reason}.\n");
    BACKENDS.iter().map(row).collect()
}

/// Whether layers of the kind can be run.
fn predict(kind: &str) -> String {
    let reason = || REASONS.iter().find(|(name, _)| *name == kind);
    match kind {
        "Reshape" => "in place".to_owned(),
        kind if kind == "Input" || KERNELS.contains(&kind) => "yes".to_owned(),
        _ => reason().map_or_else(|| "no".to_owned(), |(_, reason)| format!("no: {reason}")),
    }
}

/// Whether layers of the kind can be created: one that cannot is refused whatever is set.
fn create(spec: &'static LayerSpec) -> String {
    let (empty, filled) = (initialize(spec, LayerState::default()), initialize(spec, filled(spec)));
    yes_or_reason(empty.err().filter(|reason| filled.err().as_ref() == Some(reason)))
}

fn initialize(spec: &'static LayerSpec, mut state: LayerState) -> Result<(), LayerError> {
    let mut init = Initializer::new("layer", spec, &mut state, 1, &Unattached);
    (spec.initialize)(&mut init)
}

/// A state in which every declared attribute is set, to something of no meaning.
fn filled(spec: &LayerSpec) -> LayerState {
    let value = |attribute: &AttributeSpec| match attribute.ty {
        AttributeType::Bool => Attribute::Bool(false),
        AttributeType::Float => Attribute::Float(1.0),
        AttributeType::String => Attribute::from(""),
        AttributeType::List | AttributeType::Shape => Attribute::from(vec![1i64]),
        AttributeType::Array => Attribute::from(Tensor::vector(vec![1f32])),
        _ => Attribute::Int(1),
    };
    let attributes = spec.attributes.iter().map(|attribute| (attribute.name, value(attribute))).collect();
    LayerState {
        inputs: vec!["input".to_owned()],
        outputs: vec!["layer".to_owned()],
        attributes,
        ..LayerState::default()
    }
}

fn yes_or_reason(error: Option<LayerError>) -> String {
    match error {
        Some(LayerError::Unsupported { message }) => format!("no: {message}"),
        _ => "yes".to_owned(),
    }
}

/// Number of cases by kind.
fn goldens(folder: &Path) -> Result<BTreeMap<String, usize>> {
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path().join("case.json");
        if !path.with_file_name("model.fml").is_file() {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let case: serde_json::Value =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let layers = case.get("layers").and_then(serde_json::Value::as_array).into_iter().flatten();
        let mut kinds: Vec<&str> = layers.filter_map(|layer| layer.get(1)?.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            *cases.entry(kind.to_owned()).or_default() += 1;
        }
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_can_not_be_run_say_why() {
        for spec in LAYERS {
            assert_ne!(predict(spec.kind), "no", "{}", spec.class_name);
        }
        for (kind, _) in REASONS {
            assert!(!KERNELS.contains(kind) && LAYERS.iter().any(|spec| spec.kind == *kind), "{kind}");
        }
    }

    #[test]
    fn what_hls4ml_creates_is_created() {
        let page = page(&super::super::root()).unwrap();
        for kind in ["Dense", "Reshape", "Resize", "Conv2DBatchnorm", "GarNet", "GarNetStack"] {
            assert!(
                page.contains(&format!("| [{kind}](layers.md#{}) | yes | yes | yes |", anchor(kind))),
                "{kind}"
            );
        }
    }
}
