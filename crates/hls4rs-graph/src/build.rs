//! Adding layers: what a graph tells a layer that joins it.

use hls4rs_layers::{
    AttributeSpec, Draft, InitContext, Initializer, LayerError, LayerId, LayerSpec, LayerState,
    RESERVED_OUTPUT,
};
use hls4rs_types::{Attribute, Attributes, Precision, Tensor, TensorVariable};

use crate::{GraphError, ModelGraph, NewLayer};

impl ModelGraph {
    /// Makes a layer, its outputs and weights included, and appends it. Returns the layer's name.
    ///
    /// A draft without inputs reads the first output of the last layer, one without outputs makes one of its own name.
    /// An input layer reads the world, unless it stands for the input of a model within the model.
    ///
    /// # Errors
    /// If there is a layer of that name, or inputs, attributes or configuration do not allow it.
    pub fn add(&mut self, draft: impl Into<Draft>) -> Result<String, GraphError> {
        let new = self.create(draft)?;
        let name = new.name.clone();
        self.append(new)?;
        Ok(name)
    }

    /// Makes a layer without making it part of the graph, for [`ModelGraph::insert`] and the other edits.
    ///
    /// **Source:** `ModelGraph.make_node` and, for the defaults of inputs and outputs, `ModelGraph._make_graph`.
    ///
    /// # Errors
    /// If there is a layer of that name, or inputs, attributes or configuration do not allow it.
    pub fn create(&mut self, draft: impl Into<Draft>) -> Result<NewLayer, GraphError> {
        let draft = draft.into();
        if self.layer(&draft.name).is_some() {
            return Err(GraphError::DuplicateLayer { layer: draft.name });
        }
        self.create_instead(draft)
    }

    /// The same, but there may be a layer of that name, whose place the new one is to take.
    ///
    /// # Errors
    /// If inputs, attributes or configuration do not allow it.
    pub fn create_instead(&mut self, draft: impl Into<Draft>) -> Result<NewLayer, GraphError> {
        let Draft { spec, name, mut inputs, mut outputs, attributes } = draft.into();
        if name == RESERVED_NAME {
            let message = format!("the name `{RESERVED_NAME}` is reserved for what the input layers read");
            return Err(GraphError::of_layer(&name, spec.kind, LayerError::Unsupported { message }));
        }
        if spec.kind == "Input" && inputs.is_empty() {
            inputs = vec![RESERVED_NAME.to_owned()];
        } else if inputs.is_empty() && spec.inputs.1 > 0 {
            inputs = vec![self.layers.last().map_or(RESERVED_NAME, |(name, _)| name).to_owned()];
        }
        if outputs.is_empty() {
            outputs = vec![name.clone()];
        }
        let attributes = self.with_types(attributes, &outputs);
        let mut state = LayerState { inputs, outputs, attributes, ..LayerState::default() };
        let index = self.state.index + 1;
        Initializer::new(&name, spec, &mut state, index, self)
            .run()
            .map_err(|error| GraphError::of_layer(&name, spec.kind, error))?;
        self.state.index = index;
        self.name_result_type(&mut state);
        Ok(NewLayer { name, layer: (spec.make)(state) })
    }

    /// Where a layer makes the graph's only output, the type of that is named `result_t`, also if the layer took its output over
    /// from another one.
    ///
    /// **Source:** `ModelGraph.make_node`, hls4ml 1.3.0. `result_t` and the variable have one type there.
    fn name_result_type(&self, state: &mut LayerState) {
        let [only] = self.outputs() else { return };
        if !state.outputs.contains(only) {
            return;
        }
        let key = state.variable_key(only);
        let Some(Attribute::Variable(variable)) = state.attributes.get_mut(&key) else { return };
        let before = variable.ty.clone();
        "result_t".clone_into(&mut variable.ty.name);
        if let Some(Attribute::Type(result)) = state.attributes.get_mut("result_t")
            && **result == before
        {
            "result_t".clone_into(&mut result.name);
        }
    }
}

impl ModelGraph {
    /// Attributes that are copied from another layer: variables and weights come with their types, and the type of the graph's
    /// only output has its name.
    ///
    /// **Source:** `AttributeDict.__setitem__` and `ModelGraph.make_node`, hls4ml 1.3.0.
    fn with_types(&self, attributes: Attributes, outputs: &[String]) -> Attributes {
        let result = match self.outputs() {
            [only] if outputs.contains(only) => Some(only),
            _ => None,
        };
        let mut copied = Attributes::new();
        for (name, mut value) in attributes {
            match &mut value {
                Attribute::Variable(variable) => {
                    let output = name.strip_prefix(RESERVED_OUTPUT).unwrap_or(&name);
                    if result.is_some_and(|result| result == output) {
                        "result_t".clone_into(&mut variable.ty.name);
                    }
                    copied.insert("result_t", variable.ty.clone());
                }
                Attribute::Weight(weight) => {
                    copied.insert(format!("{name}_t"), weight.ty.clone());
                }
                _ => {}
            }
            copied.insert(name, value);
        }
        copied
    }

    /// Runs a part of the initialization on a layer that is made, but not part of the graph yet.
    ///
    /// # Errors
    /// If the initialization fails.
    pub fn complete(
        &self,
        new: &mut NewLayer,
        part: impl FnOnce(&mut Initializer<'_>) -> Result<(), LayerError>,
    ) -> Result<(), GraphError> {
        let (spec, kind) = (new.layer.spec(), new.layer.kind().to_owned());
        let index = new.layer.state().int("index").unwrap_or_default();
        part(&mut Initializer::new(&new.name, spec, new.layer.state_mut(), index, self))
            .map_err(|error| GraphError::of_layer(&new.name, &kind, error))
    }
}

/// What input layers read: no layer may have this name.
pub(crate) const RESERVED_NAME: &str = "input";

impl InitContext for ModelGraph {
    fn variable(&self, output: &str) -> Option<&TensorVariable> {
        self.output_variable(output)
    }

    fn constant(&self, output: &str) -> Option<&Tensor> {
        Self::constant(self, output)
    }

    fn precision(&self, layer: LayerId<'_>, slot: &str) -> Result<(Precision, String), LayerError> {
        self.config.precision(layer, slot)
    }

    fn layer_config(&self, layer: LayerId<'_>) -> Attributes {
        self.config.layer_config(layer)
    }

    fn is_compressed(&self, layer: LayerId<'_>) -> bool {
        self.config.is_compressed(layer)
    }

    fn strategy(&self, layer: LayerId<'_>) -> String {
        self.config.strategy(layer).to_owned()
    }

    fn reuse_factor(&self, layer: LayerId<'_>) -> i64 {
        self.config.reuse_factor(layer).unwrap_or(1)
    }

    fn backend(&self) -> &str {
        self.config.backend()
    }

    fn graph_outputs(&self) -> &[String] {
        self.outputs()
    }

    fn extensions(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        self.extensions.map(|extensions| extensions.attributes(spec)).unwrap_or_default()
    }
}
