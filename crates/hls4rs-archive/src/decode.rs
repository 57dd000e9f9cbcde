//! From members to a model.

use hls4rs_graph::{Config, GraphState, LayerList, ModelGraph, check_structure};
use hls4rs_layers::{Layer, LayerError, LayerState, check_attributes, layer_of_class};
use hls4rs_types::{Attribute, Attributes, BridgeError, Tensor, from_attribute, upgrade};
use indexmap::IndexMap;
use serde::de::DeserializeOwned;

use crate::contents::{Content, Contents, array_of};
use crate::json::read_json_within;
use crate::migrate::{self, Change, Documents};
use crate::naming::REFERENCE;
use crate::npz::read_npz_within;
use crate::quantizers::Quantizers;
use crate::{
    ArchiveError, Members, Model, ReadLimits, ReadOptions, Step, Tool, Version, member, source, write_npy,
};

/// Reads a model from the contents of a file of `packed` bytes; what the graph does not take stays as extra members.
pub(crate) fn decode(
    mut contents: Contents,
    mut version: Version,
    mut provenance: Vec<Step>,
    options: &ReadOptions,
    packed: u64,
) -> Result<Model, ArchiveError> {
    let limits = &options.limits;
    let mut documents = documents(&contents, limits)?;
    for name in member::DOCUMENTS {
        contents.shift_remove(name);
    }
    if options.migrate {
        let before = version.hls4ml.clone();
        let changes = migrate::documents(&mut documents, &mut version);
        if !changes.is_empty() {
            let note = format!("hls4ml {before} to {}", version.hls4ml);
            provenance.push(Step::new("migrated", Tool::hls4rs()).with_note(note));
        }
    }
    let config: Config = typed(member::CONFIG, &documents.config)?;
    let state: GraphState = typed(member::STATE, &documents.state)?;
    let Attribute::Map(layers) = documents.layers else {
        let message = format!("expected a map of layers, found {}", documents.layers.describe());
        return Err(ArchiveError::json(member::LAYERS, message));
    };
    let mut quantizers = quantizers(&mut contents, limits)?;
    let mut arrays = Arrays::new(&mut contents, limits, packed)?;
    let layers = layers.into_iter().map(|(name, layer)| {
        let layer = decode_layer(&name, layer, &mut arrays, &mut quantizers)?;
        Ok((name, layer))
    });
    let layers = layers.collect::<Result<Vec<_>, ArchiveError>>()?;
    quantizers.finish()?;
    let source = arrays.source()?;
    let extra = arrays.unused()?;
    let graph = ModelGraph::from_saved(config, state, layers)?;
    if options.check_structure {
        check_structure(&graph)?;
    }
    Ok(Model { graph, version, extra, source, provenance })
}

/// The quantizers that are written beside the graph.
fn quantizers(contents: &mut Contents, limits: &ReadLimits) -> Result<Quantizers, ArchiveError> {
    if !contents.contains_key(member::QUANTIZERS) {
        return Ok(Quantizers::default());
    }
    let document = tree(contents, member::QUANTIZERS, limits)?;
    contents.shift_remove(member::QUANTIZERS);
    Quantizers::from_document(document)
}

/// What would have to change to bring the documents up to date.
pub(crate) fn migrations(
    contents: &Contents,
    version: &Version,
    limits: &ReadLimits,
) -> Result<Vec<Change>, ArchiveError> {
    Ok(migrate::documents(&mut documents(contents, limits)?, &mut version.clone()))
}

fn documents(contents: &Contents, limits: &ReadLimits) -> Result<Documents, ArchiveError> {
    Ok(Documents {
        config: tree(contents, member::CONFIG, limits)?,
        state: tree(contents, member::STATE, limits)?,
        layers: tree(contents, member::LAYERS, limits)?,
    })
}

/// A member that is a document of one type.
pub(crate) fn document<T: DeserializeOwned>(
    contents: &Contents,
    name: &str,
    limits: &ReadLimits,
) -> Result<T, ArchiveError> {
    typed(name, &tree(contents, name, limits)?)
}

fn typed<T: DeserializeOwned>(name: &str, tree: &Attribute) -> Result<T, ArchiveError> {
    from_attribute(tree).map_err(|error| ArchiveError::json(name, error))
}

/// A member that is a tree.
fn tree(contents: &Contents, name: &str, limits: &ReadLimits) -> Result<Attribute, ArchiveError> {
    match contents.get(name) {
        Some(Content::Bytes(bytes)) => read_json_within(name, bytes, limits),
        Some(Content::Array(_)) | None => Err(ArchiveError::MissingMember { member: name.to_owned() }),
    }
}

fn decode_layer(
    name: &str,
    layer: Attribute,
    arrays: &mut Arrays<'_>,
    quantizers: &mut Quantizers,
) -> Result<Box<dyn Layer>, ArchiveError> {
    let fail = |kind: &str, cause: LayerError| ArchiveError::Layer {
        layer: name.to_owned(),
        kind: kind.to_owned(),
        cause: Box::new(cause),
    };
    let (class_name, mut state) =
        class_and_state(layer).map_err(|error| fail("unknown class", error.into()))?;
    let kind = class_name.rsplit('.').next().unwrap_or_default();
    let wrong = |error: BridgeError| fail(kind, error.into());
    let inputs = take(&mut state, "inputs").map_err(wrong)?;
    let outputs = take(&mut state, "outputs").map_err(wrong)?;
    let Some(Attribute::Map(mut attributes)) = state.remove("attributes") else {
        let error = BridgeError::mismatch("a map", "something else").below("attributes");
        return Err(wrong(error));
    };
    quantizers.restore(name, &mut attributes)?;
    for (key, value) in attributes.iter_mut() {
        arrays.resolve(value, &|| format!("{name} ({kind}): attribute `{key}`"))?;
        let upgraded = upgrade(std::mem::take(value)).map_err(|error| wrong(error.below(key)))?;
        *value = upgraded;
    }
    let state = LayerState { inputs, outputs, attributes, extra: state, ..LayerState::default() };
    let layer = layer_of_class(&class_name, state).map_err(|error| fail(kind, error))?;
    check_attributes(layer.spec(), layer.state()).map_err(|error| fail(kind, error))?;
    Ok(layer)
}

fn class_and_state(layer: Attribute) -> Result<(String, Attributes), BridgeError> {
    let found = layer.describe();
    let Attribute::Map(mut layer) = layer else { return Err(BridgeError::mismatch("a map", found)) };
    let class_name = take(&mut layer, "class_name")?;
    match layer.remove("state") {
        Some(Attribute::Map(state)) if layer.is_empty() => Ok((class_name, state)),
        Some(Attribute::Map(_)) => {
            let names: Vec<&str> = layer.names().collect();
            Err(BridgeError::mismatch(
                "just `class_name` and `state`",
                format!("`{}` too", names.join("`, `")),
            ))
        }
        other => {
            let found = other.as_ref().map_or("none", Attribute::describe);
            Err(BridgeError::mismatch("a map in the field `state`", found))
        }
    }
}

/// Takes a field out of a map.
fn take<T: DeserializeOwned>(map: &mut Attributes, name: &str) -> Result<T, BridgeError> {
    let Some(value) = map.remove(name) else {
        return Err(BridgeError::mismatch(format!("the field `{name}`"), "none"));
    };
    from_attribute(&value).map_err(|error| error.below(name))
}

/// The arrays of an archive, each read once however often it is referred to.
struct Arrays<'a> {
    contents: &'a mut Contents,
    limits: &'a ReadLimits,
    packed: IndexMap<String, Tensor>,
    read: IndexMap<String, Tensor>,
}

impl<'a> Arrays<'a> {
    fn new(contents: &'a mut Contents, limits: &'a ReadLimits, packed: u64) -> Result<Self, ArchiveError> {
        let packed = match contents.shift_remove(member::WEIGHTS) {
            Some(content) => {
                let bytes = content.into_bytes(member::WEIGHTS)?;
                read_npz_within(member::WEIGHTS, &bytes, limits, packed)?
            }
            None => IndexMap::new(),
        };
        Ok(Self { contents, limits, packed, read: IndexMap::new() })
    }

    /// The list of layers that the model came from, if the archive has it.
    fn source(&mut self) -> Result<Option<LayerList>, ArchiveError> {
        if !self.contents.contains_key(member::SOURCE) {
            return Ok(None);
        }
        let document = tree(self.contents, member::SOURCE, self.limits)?;
        self.contents.shift_remove(member::SOURCE);
        source::decode(document, |value, place| self.resolve(value, place)).map(Some)
    }

    /// Puts arrays in the place of references to them, at any depth.
    fn resolve(&mut self, value: &mut Attribute, place: &dyn Fn() -> String) -> Result<(), ArchiveError> {
        match value {
            Attribute::String(text) => {
                if let Some(name) = text.strip_prefix(REFERENCE) {
                    *value = Attribute::Array(self.array(name, place)?);
                }
            }
            Attribute::List(values) => values.iter_mut().try_for_each(|value| self.resolve(value, place))?,
            Attribute::Map(map) => map.iter_mut().try_for_each(|(_, value)| self.resolve(value, place))?,
            _ => {}
        }
        Ok(())
    }

    fn array(&mut self, name: &str, place: &dyn Fn() -> String) -> Result<Tensor, ArchiveError> {
        if let Some(tensor) = self.read.get(name) {
            return Ok(tensor.clone());
        }
        let packed = self.packed.get(name.strip_suffix(".npy").unwrap_or(name));
        let tensor = match (self.contents.get(name), packed) {
            (Some(content), _) => array_of(name, content, self.limits)?,
            (None, Some(tensor)) => tensor.clone(),
            (None, None) => {
                return Err(ArchiveError::MissingArray { place: place(), member: name.to_owned() });
            }
        };
        self.read.insert(name.to_owned(), tensor.clone());
        Ok(tensor)
    }

    /// Arrays that the graph holds now need not be kept as members; those of `weights.npz` that nobody refers to are.
    fn unused(self) -> Result<Members, ArchiveError> {
        let Self { contents, packed, read, .. } = self;
        let mut members = Members::new();
        for (name, content) in std::mem::take(contents) {
            if !read.contains_key(&name) {
                let bytes = content.into_bytes(&name)?;
                members.insert(name, bytes);
            }
        }
        for (name, tensor) in packed {
            let member = format!("{name}.npy");
            if !read.contains_key(&member) && !members.contains_key(&member) {
                let bytes = write_npy(&member, &tensor)?;
                members.insert(member, bytes);
            }
        }
        Ok(members)
    }
}
