//! Replacing a layer by another one.

use super::same_connections;
use crate::{GraphError, ModelGraph, NewLayer};

impl ModelGraph {
    /// Puts a new layer in the place of an old one; who read the old one's outputs reads the new one's.
    ///
    /// **Source:** `ModelGraph.replace_node`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If the two differ in their number of inputs or outputs.
    pub fn replace(&mut self, old: &str, new: NewLayer) -> Result<(), GraphError> {
        let replaced = self.get(old)?;
        same_connections("replace", (old, replaced), new.layer.as_ref(), new.layer.as_ref())?;
        let outputs = replaced.state().outputs.clone();
        self.put_instead(old, &outputs, vec![new])
    }

    /// Puts layers in the place of an old one, whose outputs the last of them makes.
    pub(super) fn put_instead(
        &mut self,
        old: &str,
        outputs: &[String],
        new: Vec<NewLayer>,
    ) -> Result<(), GraphError> {
        let place = self.position(old)?;
        if let Some(new) = new.iter().find(|new| new.name != old && self.layers.contains_key(&new.name)) {
            return Err(GraphError::DuplicateLayer { layer: new.name.clone() });
        }
        self.layers.shift_remove(old);
        let made = new.last().map(|new| new.layer.state().outputs.clone()).unwrap_or_default();
        for (from, to) in outputs.iter().zip(&made) {
            self.redirect(from, to);
        }
        for (i, NewLayer { name, layer }) in new.into_iter().enumerate() {
            self.layers.shift_insert(place + i, name, layer);
        }
        Ok(())
    }
}
