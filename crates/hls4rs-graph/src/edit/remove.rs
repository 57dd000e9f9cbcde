//! Removing a layer and connecting its neighbours.

use hls4rs_layers::Layer;

use super::{present, refuse};
use crate::{GraphError, ModelGraph};

impl ModelGraph {
    /// Removes a layer; who reads its output reads its input instead. Returns the layer.
    ///
    /// **Source:** `ModelGraph.remove_node`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If the layer has several inputs or outputs, changes the number of elements, or makes a graph output whose place
    /// its input cannot take.
    pub fn remove(&mut self, name: &str) -> Result<Box<dyn Layer>, GraphError> {
        const EDIT: &str = "remove";
        let layer = self.get(name)?;
        let (inputs, outputs) = (present(&layer.state().inputs), present(&layer.state().outputs));
        match (inputs.as_slice(), outputs.as_slice()) {
            ([input], [output]) => {
                let (input, output) = ((*input).to_owned(), (*output).to_owned());
                let is_output = self.state.outputs.contains(&output);
                if is_output && self.state.outputs.contains(&input) {
                    let expected = "an input that is not a graph output itself";
                    return Err(refuse(EDIT, name, expected, format!("`{input}`")));
                }
                self.same_size(EDIT, name, &input, &output)?;
                self.redirect(&output, &input);
            }
            ([], _) | (_, []) => {
                if let Some((reader, _)) = outputs.iter().flat_map(|output| self.consumers(output)).next() {
                    return Err(refuse(EDIT, name, "outputs that nobody reads", format!("`{reader}`")));
                }
            }
            (inputs, outputs) => {
                let found = format!("{} and {}", inputs.len(), outputs.len());
                return Err(refuse(EDIT, name, "at most one input and one output", found));
            }
        }
        let removed = self.layers.shift_remove(name);
        removed.ok_or_else(|| GraphError::NoSuchLayer { layer: name.to_owned() })
    }

    fn same_size(&self, edit: &'static str, name: &str, input: &str, output: &str) -> Result<(), GraphError> {
        let (Some(before), Some(after)) = (self.output_variable(input), self.output_variable(output)) else {
            return Ok(());
        };
        if before.size() == after.size() {
            return Ok(());
        }
        let found = format!("{:?} → {:?}", before.shape, after.shape);
        Err(refuse(edit, name, "as many elements behind it as before it", found))
    }
}
