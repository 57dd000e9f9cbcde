//! From members to a model.

use hls4rs_graph::{Config, GraphState, ModelGraph, check_structure};
use hls4rs_layers::{Layer, LayerError, LayerState, check_attributes, layer_of_class};
use hls4rs_types::{Attribute, Attributes, BridgeError, Tensor, from_attribute, upgrade};
use indexmap::IndexMap;
use serde::de::DeserializeOwned;

use crate::naming::REFERENCE;
use crate::{
    ArchiveError, Members, Model, ReadOptions, Version, member, read_json, read_npy, read_npz, write_npy,
};

/// Reads a model from members; what the graph does not take stays as extra members.
pub(crate) fn decode(mut members: Members, options: &ReadOptions) -> Result<Model, ArchiveError> {
    let version: Version = document(&mut members, member::VERSION)?;
    version.check()?;
    let config: Config = document(&mut members, member::CONFIG)?;
    let state: GraphState = document(&mut members, member::STATE)?;
    let layers = tree(&mut members, member::LAYERS)?;
    let Attribute::Map(layers) = layers else {
        let message = format!("expected a map of layers, found {}", layers.describe());
        return Err(ArchiveError::json(member::LAYERS, message));
    };
    let mut arrays = Arrays::new(&mut members)?;
    let layers = layers.into_iter().map(|(name, layer)| {
        let layer = decode_layer(&name, layer, &mut arrays)?;
        Ok((name, layer))
    });
    let layers = layers.collect::<Result<Vec<_>, ArchiveError>>()?;
    arrays.keep_unused();
    let graph = ModelGraph::from_saved(config, state, layers)?;
    if options.check_structure {
        check_structure(&graph)?;
    }
    Ok(Model { graph, version, extra: members })
}

/// A member that is a document of one type.
fn document<T: DeserializeOwned>(members: &mut Members, name: &str) -> Result<T, ArchiveError> {
    from_attribute(&tree(members, name)?).map_err(|error| ArchiveError::json(name, error))
}

/// A member that is a tree.
fn tree(members: &mut Members, name: &str) -> Result<Attribute, ArchiveError> {
    let missing = || ArchiveError::MissingMember { member: name.to_owned() };
    let bytes = members.shift_remove(name).ok_or_else(missing)?;
    read_json(name, &bytes)
}

fn decode_layer(
    name: &str,
    layer: Attribute,
    arrays: &mut Arrays<'_>,
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
    for (key, value) in attributes.iter_mut() {
        arrays.resolve(value, &|| format!("{name} ({kind}): attribute `{key}`"))?;
        let upgraded = upgrade(std::mem::take(value)).map_err(|error| wrong(error.below(key)))?;
        *value = upgraded;
    }
    let state = LayerState { inputs, outputs, attributes, extra: state };
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
    members: &'a mut Members,
    packed: IndexMap<String, Tensor>,
    read: IndexMap<String, Tensor>,
}

impl<'a> Arrays<'a> {
    fn new(members: &'a mut Members) -> Result<Self, ArchiveError> {
        let packed = match members.shift_remove(member::WEIGHTS) {
            Some(bytes) => read_npz(member::WEIGHTS, &bytes)?,
            None => IndexMap::new(),
        };
        Ok(Self { members, packed, read: IndexMap::new() })
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
        let tensor = match (self.members.get(name), packed) {
            (Some(bytes), _) => read_npy(name, bytes)?,
            (None, Some(tensor)) => tensor.clone(),
            (None, None) => {
                return Err(ArchiveError::MissingArray { place: place(), member: name.to_owned() });
            }
        };
        self.read.insert(name.to_owned(), tensor.clone());
        Ok(tensor)
    }

    /// Arrays that the graph holds now need not be kept as members; those of `weights.npz` that nobody refers to are.
    fn keep_unused(self) {
        let Self { members, packed, read } = self;
        members.retain(|name, _| !read.contains_key(name));
        for (name, tensor) in packed {
            let member = format!("{name}.npy");
            if !read.contains_key(&member) && !members.contains_key(&member) {
                members.insert(member, write_npy(&tensor));
            }
        }
    }
}
