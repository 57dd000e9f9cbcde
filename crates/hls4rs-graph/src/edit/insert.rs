//! Inserting a layer between two others.

use super::{edit_inputs, refuse};
use crate::{GraphError, ModelGraph, NewLayer};

impl ModelGraph {
    /// Inserts a layer behind the one whose output it reads.
    ///
    /// The layer `before`, or else the first one that reads this output as its first input, reads the new layer
    /// instead, at its input number `input`; other readers stay. If nobody reads the output, the new layer takes its
    /// place among the graph's outputs. Of a layer with several outputs this is the first.
    ///
    /// **Source:** `ModelGraph.insert_node`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If the new layer has not just one input, or `before` does not read the output.
    pub fn insert(&mut self, new: NewLayer, before: Option<&str>, input: usize) -> Result<(), GraphError> {
        const EDIT: &str = "insert";
        let state = new.layer.state();
        let ([read], [made, ..]) = (state.inputs.as_slice(), state.outputs.as_slice()) else {
            let found = format!("{} and {}", state.inputs.len(), state.outputs.len());
            return Err(refuse(EDIT, &new.name, "one input and an output", found));
        };
        let (read, made) = (read.clone(), made.clone());
        if self.layers.contains_key(&new.name) {
            return Err(GraphError::DuplicateLayer { layer: new.name });
        }
        let Some((producer, layer)) = self.producer(&read) else {
            let kind = new.layer.kind().to_owned();
            return Err(GraphError::DanglingInput { layer: new.name, kind, input: read });
        };
        let (producer, outputs) = (producer.to_owned(), layer.state().outputs.clone());
        let reader = match before {
            Some(before) => {
                if !self.get(before)?.state().inputs.iter().any(|name| outputs.contains(name)) {
                    return Err(refuse(
                        EDIT,
                        &new.name,
                        format!("a reader of `{producer}`"),
                        format!("`{before}`"),
                    ));
                }
                Some(before.to_owned())
            }
            None => {
                let reads = |inputs: &[String]| inputs.first().is_some_and(|first| outputs.contains(first));
                let reader = self.layers().find(|(_, layer)| reads(&layer.state().inputs));
                reader.map(|(name, _)| name.to_owned())
            }
        };
        match reader {
            Some(reader) => {
                let state = self.layers.get_mut(&reader).map(|layer| layer.state_mut());
                let is_placed = state.is_some_and(|state| {
                    edit_inputs(state, |inputs| match inputs.get_mut(input) {
                        Some(place) => {
                            *place = made;
                            true
                        }
                        None => false,
                    })
                });
                if !is_placed {
                    return Err(refuse(
                        EDIT,
                        &new.name,
                        format!("input {input} of `{reader}`"),
                        "no such input",
                    ));
                }
            }
            None => {
                let outputs = self.state.outputs.iter_mut().filter(|name| **name == read);
                outputs.for_each(|name| name.clone_from(&made));
            }
        }
        let place = self.position(&producer)? + 1;
        self.layers.shift_insert(place, new.name, new.layer);
        Ok(())
    }
}
