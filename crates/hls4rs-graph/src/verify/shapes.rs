//! Shapes: what the layers' variables have, and what inputs and attributes give.

use hls4rs_layers::{Layer, Shape};
use hls4rs_types::{Attribute, TensorVariable};

use crate::build::RESERVED_NAME;
use crate::{Diagnostic, GraphError, ModelGraph};

impl ModelGraph {
    /// Compares the shapes of the layer's variables with those that its inputs and attributes give.
    pub(super) fn verify_shapes(&self, name: &str, layer: &dyn Layer) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut fail = |id, output: &str, expected: &str, what: String| {
            let place = format!("{name} ({}): output `{output}`", layer.kind());
            found.push(Diagnostic::error(id, format!("{place}: expected {expected}, found {what}")));
        };
        let mut dims = Vec::new();
        for output in &layer.state().outputs {
            let variable = layer.state().variable(output);
            match (variable, variable.and_then(TensorVariable::dims)) {
                (None, _) => fail("missing-variable", output, "a tensor variable", "none".to_owned()),
                (Some(variable), None) => {
                    let expected = "dimensions that are not negative";
                    fail("negative-dimension", output, expected, format!("{:?}", variable.shape));
                }
                (Some(_), Some(found)) => dims.push((output, found)),
            }
        }
        let complete = dims.len() == layer.state().outputs.len();
        let (Some(inputs), true, true) = (self.input_dims(layer), layer.is_known(), complete) else {
            return found;
        };
        match layer.infer(&inputs) {
            Err(error) => {
                let message = GraphError::of_layer(name, layer.kind(), error);
                found.push(Diagnostic::error("shape-unknown", message));
            }
            Ok(shapes) => {
                for ((output, dims), shape) in dims.into_iter().zip(shapes) {
                    if dims != shape && !self.is_rotated(layer, &shape, &dims) {
                        fail("shape-mismatch", output, &format!("the shape {shape:?}"), format!("{dims:?}"));
                    }
                }
            }
        }
        found
    }

    /// Dimensions of the layer's inputs, if all of them are known and possible.
    fn input_dims(&self, layer: &dyn Layer) -> Option<Vec<Shape>> {
        let inputs = layer.state().inputs.iter().filter(|input| *input != RESERVED_NAME && !input.is_empty());
        inputs.map(|input| self.output_variable(input)?.dims()).collect()
    }

    /// Whether the layer's channels were moved to the end after an attribute had stated its shape.
    ///
    /// **Source:** `ChannelsLastConverter` rotates the dimensions of variables, and leaves the attributes `input_shape`
    /// and `out_shape` as they are, hls4ml 1.3.0.
    fn is_rotated(&self, layer: &dyn Layer, shape: &[usize], found: &[usize]) -> bool {
        let hls = self.config.options.get("HLSConfig").and_then(Attribute::as_map);
        let mode = hls.and_then(|hls| hls.get("Model")?.as_map()?.get("ChannelsLastConversion")?.as_str());
        let mut rotated = shape.to_vec();
        if !rotated.is_empty() {
            rotated.rotate_left(1);
        }
        let is_stated = matches!(layer.kind(), "Input" | "Einsum" | "EinsumDense");
        is_stated && mode.is_some_and(|mode| mode != "off") && rotated == found
    }
}
