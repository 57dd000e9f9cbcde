//! Renaming a layer.

use super::refuse;
use crate::build::RESERVED_NAME;
use crate::{GraphError, ModelGraph};

impl ModelGraph {
    /// Gives a layer another name, and its output too if it had the layer's name. Connections and configuration
    /// follow; names of C++ variables and types stay.
    ///
    /// # Errors
    /// If there is no such layer, or a layer or output of the new name.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), GraphError> {
        const EDIT: &str = "rename";
        let place = self.position(from)?;
        if self.layers.contains_key(to) {
            return Err(GraphError::DuplicateLayer { layer: to.to_owned() });
        }
        if to == RESERVED_NAME || to.is_empty() {
            return Err(refuse(EDIT, from, "a name that is not reserved", format!("`{to}`")));
        }
        if let Some((maker, _)) = self.producer(to) {
            return Err(refuse(EDIT, from, "a name that no output has", format!("an output of `{maker}`")));
        }
        let Some(mut layer) = self.layers.shift_remove(from) else {
            return Err(GraphError::NoSuchLayer { layer: from.to_owned() });
        };
        let state = layer.state_mut();
        if state.attributes.get("name").is_some_and(|name| name.as_str() == Some(from)) {
            state.attributes.insert("name", to);
        }
        let made = state.outputs.iter().position(|output| output == from);
        if let Some(output) = made.and_then(|i| state.outputs.get_mut(i)) {
            to.clone_into(output);
            let key = state.variable_key(from);
            let to_key = key.replace(from, to);
            state.attributes.rename(&key, &to_key);
        }
        self.layers.shift_insert(place, to.to_owned(), layer);
        if made.is_some() {
            self.redirect(from, to);
            self.state.inputs.iter_mut().filter(|name| *name == from).for_each(|name| to.clone_into(name));
        }
        self.config.rename_layer(from, to);
        Ok(())
    }
}
