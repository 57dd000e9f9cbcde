//! Edits that keep the graph connected, a file each.

mod insert;
mod precision;
mod remove;
mod rename;
mod replace;
mod split;

use hls4rs_layers::Layer;

use crate::{GraphError, ModelGraph};

impl ModelGraph {
    /// Puts another name in the place of an output's, wherever it is read or given out.
    fn redirect(&mut self, from: &str, to: &str) {
        let names = self.layers.values_mut().flat_map(|layer| layer.state_mut().inputs.iter_mut());
        for name in names.chain(&mut self.state.outputs) {
            if name == from {
                to.clone_into(name);
            }
        }
    }
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
