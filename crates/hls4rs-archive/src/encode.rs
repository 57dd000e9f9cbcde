//! From a model to members.

use std::sync::LazyLock;

use hls4rs_layers::Layer;
use hls4rs_types::{Attribute, to_attribute};
use serde::Serialize;

use crate::contents::{Content, Contents, from_members};
use crate::json::{DEEPEST, JsonWriter, write_json_within};
use crate::limits::Limit;
use crate::naming::{ArrayNames, REFERENCE};
use crate::quantizers::Quantizers;
use crate::tar::check_name;
use crate::{
    ArchiveError, ArrayLayout, Manifest, Members, Model, ReadLimits, SaveOptions, Step, Tool, member, repair,
    source, write_npz,
};

/// The contents of a model's archive, in the order in which they are written.
pub(crate) fn encode(model: &Model, options: &SaveOptions) -> Result<Contents, ArchiveError> {
    check_quantizers(model, options)?;
    let kept = kept_members(model, options)?;
    let mut arrays = ArrayNames::new(&kept, !options.verbatim);
    let most = usize::try_from(options.json).unwrap_or(usize::MAX);
    let mut layers = JsonWriter::within(most);
    let mut quantizers = options.without_qkeras.then(Quantizers::default);
    for (name, layer) in model.graph.layers() {
        layers.key(name);
        encode_layer(&mut layers, model, name, layer, (&mut arrays, quantizers.as_mut()), options)?;
    }
    let source = model.source.as_ref().filter(|_| !options.plain);
    let source = source.map(|list| source::encode(list, &mut arrays)).transpose()?;
    let arrays = arrays.into_arrays();
    for (name, array) in &arrays {
        // one after the other, each by all cores: below, all cores would find the same one not loaded
        array.load().map_err(|error| ArchiveError::loading(name, error))?;
    }
    let mut config = tree(member::CONFIG, &model.graph.config)?;
    if !options.verbatim {
        repair::repair_config(&kept, &mut config);
    }
    let mut contents = Contents::new();
    let documents = [
        (member::VERSION, write_json_within(&tree(member::VERSION, &model.version)?, most)),
        (member::CONFIG, write_json_within(&config, most)),
        (member::STATE, write_json_within(&tree(member::STATE, model.graph.state())?, most)),
        (member::LAYERS, layers.finish()),
    ];
    let source = source.map(|source| (member::SOURCE, write_json_within(&source, most)));
    let quantizers = quantizers.and_then(Quantizers::into_document);
    let quantizers = quantizers.map(|found| (member::QUANTIZERS, write_json_within(&found, most)));
    for (name, text) in documents.into_iter().chain(source).chain(quantizers) {
        check_written(name, &text, options.json)?;
        contents.insert(name.to_owned(), Content::Bytes(text.into_bytes()));
    }
    contents.extend(from_members(kept));
    match options.arrays {
        ArrayLayout::Npy => {
            contents.extend(arrays.into_iter().map(|(name, array)| (name, Content::Array(array))));
        }
        ArrayLayout::Npz if arrays.is_empty() => {}
        ArrayLayout::Npz => {
            let named = arrays.iter().map(|(name, array)| (name.strip_suffix(".npy").unwrap_or(name), array));
            let bytes = write_npz(member::WEIGHTS, named)?;
            contents.insert(member::WEIGHTS.to_owned(), Content::Bytes(bytes));
        }
    }
    if options.verbatim {
        contents.sort_keys();
    } else {
        contents.sort_by_cached_key(|name, content| (rank(name, content), name.clone()));
    }
    if !options.plain {
        let manifest = Manifest::of(&contents, provenance(model))?;
        contents.insert(member::MANIFEST.to_owned(), Content::Bytes(manifest.to_bytes()?));
    }
    Ok(contents)
}

/// An error if quantizers cannot be written beside the graph.
fn check_quantizers(model: &Model, options: &SaveOptions) -> Result<(), ArchiveError> {
    if !options.without_qkeras {
        return Ok(());
    }
    let mut flows = model.graph.applied_flows().iter().flat_map(|group| group.keys());
    if !flows.any(|flow| flow.ends_with(":optimize")) {
        let message =
            "expected a model behind a backend's flow `optimize`, which uses quantizers, found one before it";
        return Err(ArchiveError::json(member::QUANTIZERS, message));
    }
    if options.plain {
        let message =
            "expected a place for quantizers, found `plain`, with which only members of hls4ml are written";
        return Err(ArchiveError::json(member::QUANTIZERS, message));
    }
    Ok(())
}

/// Documents come first, and what is large last, so that a reader gets what it needs without much else.
fn rank(name: &str, content: &Content) -> usize {
    let document = member::DOCUMENTS.iter().position(|document| *document == name);
    document.unwrap_or(member::DOCUMENTS.len() + usize::from(content.is_large(name)))
}

/// How the archive comes about. Saving twice says no more than saving once.
fn provenance(model: &Model) -> Vec<Step> {
    let mut steps = model.provenance.clone();
    let saved = Step::new("saved", Tool::hls4rs());
    if steps.last() != Some(&saved) {
        steps.push(saved);
    }
    steps
}

/// Members beside the graph that are written, too. They may not have the names of those that are made here.
fn kept_members(model: &Model, options: &SaveOptions) -> Result<Members, ArchiveError> {
    let is_kept =
        |name: &str| !options.plain || member::TESTBENCH.iter().any(|prefix| name.starts_with(prefix));
    let kept = model.extra.iter().filter(|(name, _)| is_kept(name));
    kept.map(|(name, bytes)| {
        check_name(name, &ReadLimits::unlimited())?;
        if member::DOCUMENTS.contains(&name.as_str())
            || [member::MANIFEST, member::SOURCE, member::QUANTIZERS, member::WEIGHTS]
                .contains(&name.as_str())
        {
            return Err(ArchiveError::DuplicateMember { member: name.clone() });
        }
        Ok((name.clone(), bytes.clone()))
    })
    .collect()
}

/// A document that its own reader would refuse is not written.
fn check_written(name: &str, text: &str, most: u64) -> Result<(), ArchiveError> {
    let place = || format!("member `{name}`");
    ReadLimits::unlimited().with_json(most).check(Limit::Json, text.len(), place)?;
    // a quotation mark that is escaped begins no text
    let marked = |(at, _): (usize, &str)| !text[..at].ends_with('\\');
    if text.match_indices(RESERVED).any(marked) {
        return Err(ArchiveError::json(name, "a text may not begin with the reserved character U+10FFFD"));
    }
    if is_too_deep(text) {
        let message = format!("expected at most {DEEPEST} levels of nesting, found more");
        return Err(ArchiveError::json(name, message));
    }
    Ok(())
}

/// Whether a document is nested deeper than any reader goes, by how far its lines are indented.
fn is_too_deep(text: &str) -> bool {
    if !text.contains(DEEP.as_str()) {
        return false;
    }
    let is_empty = |value: &str| value.ends_with("[]") || value.ends_with("{}");
    let mut deep = text.split('\n').filter_map(|line| line.strip_prefix(&DEEP[1..]));
    deep.any(|line| line.starts_with(' ') || is_empty(line.trim_end_matches(',')))
}

/// How a text looks in a document that begins with what stands for bare words when the document is read.
const RESERVED: &str = "\"\\udbff\\udffd";

/// How a line begins that is nested as deep as readers go.
static DEEP: LazyLock<String> = LazyLock::new(|| format!("\n{}", " ".repeat(4 * DEEPEST)));

fn tree<T: Serialize>(name: &str, value: &T) -> Result<Attribute, ArchiveError> {
    to_attribute(value).map_err(|error| ArchiveError::json(name, error))
}

fn encode_layer(
    out: &mut JsonWriter,
    model: &Model,
    name: &str,
    layer: &dyn Layer,
    (arrays, mut quantizers): (&mut ArrayNames<'_>, Option<&mut Quantizers>),
    options: &SaveOptions,
) -> Result<(), ArchiveError> {
    let state = layer.state();
    let place = || format!("{name} ({})", layer.kind());
    let prefix = arrays.prefix(name, &state.attributes);
    out.open();
    out.entry("class_name", &layer.class_name().into());
    out.key("state");
    out.open();
    out.entry("inputs", &state.inputs.clone().into());
    out.entry("outputs", &state.outputs.clone().into());
    out.key("attributes");
    out.open();
    for (key, value) in state.attributes.iter() {
        if is_plain(value) {
            out.entry(key, value);
            continue;
        }
        let mut plain = to_attribute(value)
            .map_err(|error| ArchiveError::json(member::LAYERS, error.below(key).below(name)))?;
        if !options.verbatim {
            repair::repair_attribute(model, layer, key, &mut plain);
        }
        if let Some(taken) = quantizers.as_mut().and_then(|found| found.take(name, key, &mut plain)) {
            arrays.extract(name, &|| format!("{prefix}_{key}"), taken, &place)?;
        }
        arrays.extract(name, &|| format!("{prefix}_{key}"), &mut plain, &place)?;
        out.entry(key, &plain);
    }
    out.close();
    for (key, value) in state.extra.iter() {
        out.entry(key, value);
    }
    out.close();
    out.close();
    Ok(())
}

/// Whether a value is written as it is: nothing in it is an object, an array, or looks like a reference to one.
fn is_plain(value: &Attribute) -> bool {
    match value {
        Attribute::Null | Attribute::Bool(_) | Attribute::Int(_) | Attribute::Float(_) => true,
        Attribute::String(text) => !text.starts_with(REFERENCE),
        Attribute::List(values) => values.iter().all(is_plain),
        Attribute::Map(map) => map.values().all(is_plain),
        _ => false,
    }
}
