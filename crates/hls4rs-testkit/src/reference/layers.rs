//! `layers.md`: every kind with its attributes and weights.

use std::path::Path;

use anyhow::{Context, Result};
use hls4rs::layers::layers::LAYERS;
use hls4rs::layers::{AttributeSpec, BASE, CARRIED, Default, LayerSpec};

use super::markdown::{anchor, code, codes, head, table};
use super::source;

const INTRODUCTION: &str = "\
Every kind of layer that hls4rs declares, in the order of hls4ml's registry, then those of the backends. Each has the \
attributes of its own section, and those [of every kind](#attributes-of-every-kind). Further attributes may be there: \
[those that many kinds carry](#attributes-that-many-kinds-carry) are checked, all others are kept as they are.

Shapes leave the batch out. Channels are last unless a section says otherwise. `[…]` stands for any dimensions. \
A required attribute must be set, or is made when the layer joins a graph: outputs, weights and types are. \
An attribute is configurable if users may set it by `HLSConfig`.
";

/// See [`super::PAGES`].
pub(super) fn page(root: &Path) -> Result<String> {
    let files = source::files(&root.join("crates/hls4rs-layers/src/layers"))?;
    let mut text = head("Kinds of layers", INTRODUCTION);
    let row = |spec: &&LayerSpec| {
        let heading = heading(spec);
        vec![format!("[{heading}](#{})", anchor(&heading)), spec.summary.trim().to_owned()]
    };
    text.push('\n');
    text.push_str(&table(&["kind", "summary"], LAYERS.iter().map(row)));
    for spec in LAYERS {
        let class = format!("\"{}\";", spec.class_name);
        let file = files.values().find(|text| text.contains(&class));
        let doc = file.and_then(|text| source::doc_after(text, "layer! {"));
        let doc = doc.with_context(|| format!("no file declares {}", spec.class_name))?;
        text.push_str(&section(spec, &doc));
    }
    text.push_str("\n## Attributes of every kind\n\n");
    text.push_str(&attributes(BASE));
    text.push_str("\n## Attributes that many kinds carry\n\nConverters, configuration, passes and backends put them on layers. A kind that declares one of these names itself overrides it.\n\n");
    let carried =
        |attribute: &AttributeSpec| vec![code(attribute.name), type_of(attribute), attribute.doc.to_owned()];
    text.push_str(&table(&["attribute", "type", "meaning"], CARRIED.iter().map(carried)));
    Ok(text)
}

/// The kind; for those whose name an earlier kind has already, the whole class.
pub(super) fn heading(spec: &LayerSpec) -> String {
    let first = LAYERS.iter().find(|other| other.kind == spec.kind);
    let is_first = first.is_some_and(|first| first.class_name == spec.class_name);
    if is_first { spec.kind.to_owned() } else { spec.class_name.to_owned() }
}

fn section(spec: &LayerSpec, doc: &str) -> String {
    let mut text = format!("\n## {}\n\n{doc}\n\n", heading(spec));
    let created = match spec.aliases {
        [] => String::new(),
        aliases => format!(" Converters create it as {}.", codes(aliases)),
    };
    text.push_str(&format!("Class `{}`; {}.{created}\n", spec.class_name, inputs(spec.inputs)));
    if !spec.attributes.is_empty() {
        text.push('\n');
        text.push_str(&attributes(spec.attributes));
    }
    if !spec.weights.is_empty() {
        let rows = spec.weights.iter().map(|weight| {
            vec![code(weight.name), code(weight.variable), weight.quantizer.map(code).unwrap_or_default()]
        });
        text.push('\n');
        text.push_str(&table(&["weight", "name in C++", "quantizer in"], rows));
    }
    text
}

fn inputs((least, most): (usize, usize)) -> String {
    match (least, most) {
        (1, 1) => "one input".to_owned(),
        (least, most) if least == most => format!("{least} inputs"),
        (least, usize::MAX) => format!("{least} or more inputs"),
        (least, most) => format!("{least} to {most} inputs"),
    }
}

fn attributes(attributes: &[AttributeSpec]) -> String {
    let row = |attribute: &AttributeSpec| {
        vec![
            code(attribute.name),
            type_of(attribute),
            default(attribute.default),
            if attribute.configurable { "yes".to_owned() } else { "no".to_owned() },
            attribute.doc.to_owned(),
        ]
    };
    table(&["attribute", "type", "default", "configurable", "meaning"], attributes.iter().map(row))
}

/// The types without articles.
fn type_of(attribute: &AttributeSpec) -> String {
    let expectation = attribute.expectation();
    let bare = |ty: &str| ty.strip_prefix("an ").or_else(|| ty.strip_prefix("a ")).unwrap_or(ty).to_owned();
    expectation.split(" or ").map(bare).collect::<Vec<_>>().join(" or ")
}

fn default(default: Default) -> String {
    match default {
        Default::Required => "required".to_owned(),
        Default::Optional => "absent".to_owned(),
        Default::Bool(value) => code(&value.to_string()),
        Default::Int(value) => code(&value.to_string()),
        Default::Float(value) => code(&value.to_string()),
        Default::Str(value) => code(&format!("\"{value}\"")),
        Default::Precision(text) => code(text),
        Default::EmptyList => code("[]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_section_of_its_own() {
        let page = page(&super::super::root()).unwrap();
        for spec in LAYERS {
            let heading = format!("\n## {}\n\n{}", heading(spec), spec.summary.trim());
            assert_eq!(page.matches(&heading).count(), 1, "{heading}");
        }
    }
}
