//! From a model to members.

use hls4rs_layers::Layer;
use hls4rs_types::{Attribute, Attributes, to_attribute};
use serde::Serialize;

use crate::contents::{Content, Contents, LARGE, from_members};
use crate::naming::ArrayNames;
use crate::{
    ArchiveError, ArrayLayout, Manifest, Members, Model, SaveOptions, Step, Tool, member, repair, write_json,
    write_npz,
};

/// The contents of a model's archive, in the order in which they are written.
pub(crate) fn encode(model: &Model, options: &SaveOptions) -> Result<Contents, ArchiveError> {
    let kept = kept_members(model, options);
    let mut arrays = ArrayNames::new(&kept, !options.verbatim);
    let mut layers = Attributes::with_capacity(model.graph.len());
    for (name, layer) in model.graph.layers() {
        layers.insert(name, encode_layer(model, name, layer, &mut arrays, options)?);
    }
    let arrays = arrays.into_arrays();
    let mut config = tree(member::CONFIG, &model.graph.config)?;
    if !options.verbatim {
        repair::repair_config(&kept, &mut config);
    }
    let mut contents = Contents::new();
    let mut document = |name: &str, tree: &Attribute| {
        contents.insert(name.to_owned(), Content::Bytes(write_json(tree).into_bytes()));
    };
    document(member::VERSION, &tree(member::VERSION, &model.version)?);
    document(member::CONFIG, &config);
    document(member::STATE, &tree(member::STATE, model.graph.state())?);
    document(member::LAYERS, &Attribute::Map(layers));
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

/// Documents come first, and what is large last, so that a reader gets what it needs without much else.
fn rank(name: &str, content: &Content) -> usize {
    let document = member::DOCUMENTS.iter().position(|document| *document == name);
    document.unwrap_or(member::DOCUMENTS.len() + usize::from(content.size() >= LARGE))
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

/// Members beside the graph that are written, too.
fn kept_members(model: &Model, options: &SaveOptions) -> Members {
    let is_kept =
        |name: &str| !options.plain || member::TESTBENCH.iter().any(|prefix| name.starts_with(prefix));
    let kept = model.extra.iter().filter(|(name, _)| is_kept(name));
    kept.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
}

fn tree<T: Serialize>(name: &str, value: &T) -> Result<Attribute, ArchiveError> {
    to_attribute(value).map_err(|error| ArchiveError::json(name, error))
}

fn encode_layer(
    model: &Model,
    name: &str,
    layer: &dyn Layer,
    arrays: &mut ArrayNames<'_>,
    options: &SaveOptions,
) -> Result<Attribute, ArchiveError> {
    let state = layer.state();
    let mut attributes = Attributes::with_capacity(state.attributes.len());
    for (key, value) in state.attributes.iter() {
        let mut plain = to_attribute(value)
            .map_err(|error| ArchiveError::json(member::LAYERS, error.below(key).below(name)))?;
        if !options.verbatim {
            repair::repair_attribute(model, layer, key, &mut plain);
        }
        attributes.insert(key, plain);
    }
    let place = format!("{name} ({})", layer.kind());
    arrays.extract(name, &mut attributes, &place)?;
    let mut wire = Attributes::from([
        ("inputs", Attribute::from(state.inputs.clone())),
        ("outputs", Attribute::from(state.outputs.clone())),
        ("attributes", Attribute::Map(attributes)),
    ]);
    for (key, value) in state.extra.iter() {
        wire.insert(key, value.clone());
    }
    let class_name = Attribute::from(layer.class_name());
    Ok(Attribute::Map([("class_name", class_name), ("state", Attribute::Map(wire))].into()))
}
