//! The model as its converter handed it over, kept beside the graph: what makes retargeting exact.

use hls4rs_graph::LayerList;
use hls4rs_types::{Attribute, Attributes, from_attribute, to_attribute, upgrade};

use crate::naming::ArrayNames;
use crate::{ArchiveError, member};

/// The list as a document, with references in the place of arrays.
pub(crate) fn encode(list: &LayerList, arrays: &mut ArrayNames<'_>) -> Result<Attribute, ArchiveError> {
    let mut layers = Vec::with_capacity(list.layers.len());
    for attributes in &list.layers {
        layers.push(Attribute::Map(encode_layer(attributes, arrays)?));
    }
    Ok(Attribute::Map(Attributes::from([
        ("options", Attribute::Map(list.options.clone())),
        ("inputs", list.inputs.clone().into()),
        ("outputs", list.outputs.clone().into()),
        ("layers", Attribute::List(layers)),
    ])))
}

fn encode_layer(attributes: &Attributes, arrays: &mut ArrayNames<'_>) -> Result<Attributes, ArchiveError> {
    let name = attributes.get("name").and_then(Attribute::as_str).unwrap_or_default();
    let mut plain = Attributes::with_capacity(attributes.len());
    for (key, value) in attributes.iter() {
        let mut value = to_attribute(value).map_err(|error| wrong(error.below(key).below(name)))?;
        arrays.extract(name, &|| format!("{name}_{key}"), &mut value, &|| format!("`{name}`"))?;
        plain.insert(key, value);
    }
    Ok(plain)
}

/// The list in a document whose references to arrays `resolve` replaces.
pub(crate) fn decode(
    document: Attribute,
    mut resolve: impl FnMut(&mut Attribute, &dyn Fn() -> String) -> Result<(), ArchiveError>,
) -> Result<LayerList, ArchiveError> {
    let Attribute::Map(mut map) = document else {
        return Err(ArchiveError::json(
            member::SOURCE,
            format!("expected a map, found {}", document.describe()),
        ));
    };
    let options = match map.remove("options") {
        Some(Attribute::Map(options)) => options,
        other => return Err(missing("options", "a map", other.as_ref())),
    };
    let mut names = |key: &str| -> Result<Vec<String>, ArchiveError> {
        let value = map.remove(key).unwrap_or_default();
        from_attribute(&value).map_err(|error| wrong(error.below(key)))
    };
    let (inputs, outputs) = (names("inputs")?, names("outputs")?);
    let found = match map.remove("layers") {
        Some(Attribute::List(layers)) => layers,
        other => return Err(missing("layers", "a list", other.as_ref())),
    };
    let mut layers = Vec::with_capacity(found.len());
    for (i, layer) in found.into_iter().enumerate() {
        let Attribute::Map(mut attributes) = layer else {
            return Err(missing(&format!("layers.{i}"), "a map", Some(&layer)));
        };
        for (key, value) in attributes.iter_mut() {
            resolve(value, &|| format!("member `{}`: layers.{i}.{key}", member::SOURCE))?;
            *value = upgrade(std::mem::take(value))
                .map_err(|error| wrong(error.below(key).below(i.to_string())))?;
        }
        layers.push(attributes);
    }
    Ok(LayerList { options, layers, inputs, outputs })
}

fn wrong(error: impl ToString) -> ArchiveError {
    ArchiveError::json(member::SOURCE, error.to_string())
}

fn missing(key: &str, expected: &str, found: Option<&Attribute>) -> ArchiveError {
    let found = found.map_or("none", Attribute::describe);
    ArchiveError::json(member::SOURCE, format!("`{key}`: expected {expected}, found {found}"))
}
