//! Splitting a layer into two.

use super::{refuse, same_connections};
use crate::{GraphError, ModelGraph, NewLayer};

impl ModelGraph {
    /// Puts two layers in sequence in the place of one; the second must read the first.
    ///
    /// **Source:** `ModelGraph.split_node`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If the first has not as many inputs, or the second not as many outputs, as the layer that they replace.
    pub fn split(&mut self, old: &str, first: NewLayer, second: NewLayer) -> Result<(), GraphError> {
        const EDIT: &str = "split";
        let replaced = self.get(old)?;
        same_connections(EDIT, (old, replaced), first.layer.as_ref(), second.layer.as_ref())?;
        let made = &first.layer.state().outputs;
        if !second.layer.state().inputs.iter().any(|input| made.contains(input)) {
            let expected = format!("a second layer that reads `{}`", first.name);
            return Err(refuse(EDIT, old, expected, second.layer.state().inputs.join(", ")));
        }
        if first.name == second.name {
            return Err(GraphError::DuplicateLayer { layer: first.name });
        }
        let outputs = replaced.state().outputs.clone();
        self.put_instead(old, &outputs, vec![first, second])
    }
}
