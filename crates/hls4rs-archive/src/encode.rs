//! From a model to members.

use hls4rs_layers::Layer;
use hls4rs_types::{Attribute, Attributes, to_attribute};
use serde::Serialize;

use crate::naming::ArrayNames;
use crate::{
    ArchiveError, ArrayLayout, Members, Model, SaveOptions, member, repair, write_json, write_npy, write_npz,
};

/// Writes a model as members, in the order of their names, as Python's `tarfile` lists a directory.
pub(crate) fn encode(model: &Model, options: &SaveOptions) -> Result<Members, ArchiveError> {
    let taken = kept_members(model, options);
    let mut arrays = ArrayNames::new(&taken);
    let mut layers = Attributes::with_capacity(model.graph.len());
    for (name, layer) in model.graph.layers() {
        layers.insert(name, encode_layer(model, name, layer, &mut arrays, options)?);
    }
    let arrays = arrays.into_arrays();
    let mut members = taken;
    members.insert(member::LAYERS.to_owned(), write_json(&Attribute::Map(layers)).into_bytes());
    let mut config = tree(member::CONFIG, &model.graph.config)?;
    if !options.verbatim {
        repair::repair_config(&members, &mut config);
    }
    members.insert(member::CONFIG.to_owned(), write_json(&config).into_bytes());
    members.insert(member::STATE.to_owned(), document(member::STATE, model.graph.state())?);
    members.insert(member::VERSION.to_owned(), document(member::VERSION, &model.version)?);
    match options.arrays {
        ArrayLayout::Npy => {
            members.extend(arrays.iter().map(|(name, array)| (name.clone(), write_npy(array))));
        }
        ArrayLayout::Npz if arrays.is_empty() => {}
        ArrayLayout::Npz => {
            let named = arrays.iter().map(|(name, array)| (name.strip_suffix(".npy").unwrap_or(name), array));
            members.insert(member::WEIGHTS.to_owned(), write_npz(member::WEIGHTS, named)?);
        }
    }
    members.sort_keys();
    Ok(members)
}

/// Members beside the graph that are written, too.
fn kept_members(model: &Model, options: &SaveOptions) -> Members {
    let is_kept =
        |name: &str| !options.plain || member::TESTBENCH.iter().any(|prefix| name.starts_with(prefix));
    let kept = model.extra.iter().filter(|(name, _)| is_kept(name));
    kept.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
}

fn document<T: Serialize>(name: &str, value: &T) -> Result<Vec<u8>, ArchiveError> {
    Ok(write_json(&tree(name, value)?).into_bytes())
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
