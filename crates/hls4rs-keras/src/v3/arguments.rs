//! What a layer is called with.

use hls4rs_types::{Attribute, Attributes};

use super::graph::Place;

/// What a layer is called with: tensors by position and by name.
#[derive(Default)]
pub(crate) struct Arguments {
    /// By position; several where the argument is a list.
    pub(crate) positional: Vec<Vec<Place>>,
    /// By name, in alphabetical order.
    pub(crate) named: Vec<(String, Vec<Place>)>,
    /// Names of the flags that are set.
    pub(crate) flags: Vec<String>,
}

impl Arguments {
    /// One tensor.
    pub(crate) fn of(place: Place) -> Self {
        Self { positional: vec![vec![place]], ..Self::default() }
    }

    /// Reads a node of a model: a map of arguments, or a list in older files.
    pub(crate) fn read(node: &Attribute) -> Self {
        let mut arguments = Self::default();
        match node {
            Attribute::Map(node) => {
                let list = node.get("args").and_then(items).unwrap_or_default();
                arguments.positional = list.iter().map(tensors).collect();
                let named = node.get("kwargs").and_then(Attribute::as_map).cloned().unwrap_or_default();
                arguments.named =
                    named.iter().map(|(name, value)| (name.to_owned(), tensors(value))).collect();
                arguments.named.sort();
                let is_set = |value: &Attribute| value.as_bool() == Some(true);
                let set = named.iter().filter(|(_, value)| is_set(value));
                arguments.flags = set.map(|(name, _)| name.to_owned()).collect();
            }
            Attribute::List(list) => arguments.positional.push(list.iter().filter_map(history).collect()),
            _ => {}
        }
        arguments
    }

    /// All tensors in Keras' order.
    pub(crate) fn tensors(&self) -> impl Iterator<Item = &Place> {
        self.positional.iter().chain(self.named.iter().map(|(_, places)| places)).flatten()
    }
}

/// Elements of a list, which may be written as a tuple.
fn items(value: &Attribute) -> Option<&[Attribute]> {
    value.as_list().or_else(|| value.as_map()?.get("items")?.as_list())
}

/// The tensors in an argument.
fn tensors(value: &Attribute) -> Vec<Place> {
    let mut places = Vec::new();
    collect(value, &mut places);
    places
}

fn collect(value: &Attribute, places: &mut Vec<Place>) {
    match value {
        Attribute::List(list) => list.iter().for_each(|inner| collect(inner, places)),
        Attribute::Map(map) => match map.get("class_name").and_then(Attribute::as_str) {
            Some("__keras_tensor__") => places.extend(keras_tensor(map)),
            Some("__tuple__") => {
                items(value).unwrap_or_default().iter().for_each(|inner| collect(inner, places));
            }
            _ => {
                let mut entries: Vec<(&str, &Attribute)> = map.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                entries.into_iter().for_each(|(_, inner)| collect(inner, places));
            }
        },
        _ => {}
    }
}

fn keras_tensor(map: &Attributes) -> Option<Place> {
    history(map.get("config")?.as_map()?.get("keras_history")?)
}

/// A place such as `["dense", 0, 0]`.
fn history(value: &Attribute) -> Option<Place> {
    let [name, node, output, ..] = value.as_list()? else { return None };
    let number = |value: &Attribute| usize::try_from(value.as_int()?).ok();
    Some((name.as_str()?.to_owned(), number(node)?, number(output)?))
}
