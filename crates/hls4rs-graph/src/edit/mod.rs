//! Edits that keep the graph connected, a file each.

mod insert;
mod precision;
mod remove;
mod rename;
mod replace;
mod split;

use hls4rs_layers::{Layer, LayerState};
use hls4rs_types::Attribute;

use crate::{GraphError, ModelGraph};

/// What a layer remembers whose attribute `inputs` does not follow when it gets other inputs.
pub const SEPARATE_INPUTS: &str = "separate_inputs";

impl ModelGraph {
    /// Changes the inputs of a layer, and the attribute `inputs` with them where it repeats them.
    ///
    /// # Errors
    /// If there is no such layer.
    pub fn edit_inputs<T>(
        &mut self,
        layer: &str,
        edit: impl FnOnce(&mut Vec<String>) -> T,
    ) -> Result<T, GraphError> {
        match self.layers.get_mut(layer) {
            Some(layer) => Ok(edit_inputs(layer.state_mut(), edit)),
            None => Err(GraphError::NoSuchLayer { layer: layer.to_owned() }),
        }
    }

    /// Has a layer read another output, at the first input that reads `from`.
    ///
    /// # Errors
    /// If there is no such layer, or it does not read that output.
    pub fn reconnect(&mut self, layer: &str, from: &str, to: &str) -> Result<(), GraphError> {
        let Some(reader) = self.layers.get_mut(layer) else {
            return Err(GraphError::NoSuchLayer { layer: layer.to_owned() });
        };
        let found = edit_inputs(reader.state_mut(), |inputs| {
            let place = inputs.iter_mut().find(|input| *input == from);
            place.map(|input| to.clone_into(input))
        });
        let read = || reader.state().inputs.join(", ");
        found.ok_or_else(|| refuse("reconnect", layer, format!("a reader of `{from}`"), read()))
    }

    /// Puts another name in the place of an output's, wherever it is read or given out.
    fn redirect(&mut self, from: &str, to: &str) {
        let rename = |names: &mut Vec<String>| {
            names.iter_mut().filter(|name| *name == from).for_each(|name| to.clone_into(name));
        };
        for layer in self.layers.values_mut() {
            edit_inputs(layer.state_mut(), rename);
        }
        rename(&mut self.state.outputs);
    }
}

/// Changes the inputs of a layer, and the attribute `inputs` with them where it repeats them.
///
/// **Source:** the converters leave the very list of a layer's inputs among its attributes, so that the edits of
/// `ModelGraph` change both, hls4ml 1.3.0.
fn edit_inputs<T>(state: &mut LayerState, edit: impl FnOnce(&mut Vec<String>) -> T) -> T {
    const INPUTS: &str = "inputs";
    if state.memory.contains(SEPARATE_INPUTS) {
        return edit(&mut state.inputs);
    }
    let names = state.attributes.get(INPUTS).and_then(Attribute::as_list);
    let repeats = names.is_some_and(|names| {
        names.iter().map(Attribute::as_str).eq(state.inputs.iter().map(|name| Some(name.as_str())))
    });
    let result = edit(&mut state.inputs);
    if repeats {
        let names = state.inputs.iter().map(|name| Attribute::from(name.as_str()));
        state.attributes.insert(INPUTS, names.collect::<Vec<Attribute>>());
    }
    result
}

/// Inputs that are there: hls4ml marks absent ones by an empty name.
fn present(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect()
}

/// The error of an edit that is not possible at this place.
fn refuse(edit: &'static str, layer: &str, expected: impl ToString, found: impl ToString) -> GraphError {
    GraphError::Edit {
        edit,
        layer: layer.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

/// Checks that a replacement has as many inputs and outputs as what it replaces.
fn same_connections(
    edit: &'static str,
    old: (&str, &dyn Layer),
    first: &dyn Layer,
    last: &dyn Layer,
) -> Result<(), GraphError> {
    let (name, old) = old;
    for (what, expected, found) in [
        ("inputs", old.state().inputs.len(), first.state().inputs.len()),
        ("outputs", old.state().outputs.len(), last.state().outputs.len()),
    ] {
        if expected != found {
            return Err(refuse(edit, name, format!("{expected} {what}"), format!("{found} {what}")));
        }
    }
    Ok(())
}
