//! The weights of a model, by layer and name.

use hls4rs_frontend::Problem;
use hls4rs_types::Tensor;
use indexmap::IndexMap;

use crate::h5::{Fault, H5};

/// The weights of a whole model: per layer of the outermost model, names in Keras' order.
pub(crate) struct ModelWeights {
    file: H5,
    /// Where the layers' groups are.
    root: String,
    names: IndexMap<String, Vec<String>>,
}

impl ModelWeights {
    /// Reads the names of all weights.
    pub(crate) fn new(file: H5) -> Result<Self, Fault> {
        let root = if file.has_group("model_weights") { "model_weights" } else { "" }.to_owned();
        let mut names = IndexMap::new();
        for layer in file.members(&root)?.0 {
            let weights = file.texts(&join(&root, &layer), "weight_names")?;
            names.insert(layer, weights);
        }
        Ok(Self { file, root, names })
    }
}

/// The part of the weights that a converter of layers sees.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    model: &'a ModelWeights,
    /// The layer of the outermost model that holds what is looked for, if not the layer itself.
    outer: Option<&'a str>,
    /// Whether all weights of that layer are those of the layer it wraps.
    is_wrapped: bool,
}

impl<'a> Weights<'a> {
    /// Those of a whole model.
    pub(crate) fn of(model: &'a ModelWeights) -> Self {
        Self { model, outer: None, is_wrapped: false }
    }

    /// Those of a model that is a layer. Files nest no deeper than one level.
    pub(crate) fn nested(self, name: &'a str) -> Self {
        Self { outer: Some(self.outer.unwrap_or(name)), ..self }
    }

    /// Those of the layer that a layer wraps.
    pub(crate) fn wrapped(self, name: &'a str) -> Self {
        Self { outer: Some(self.outer.unwrap_or(name)), is_wrapped: true, ..self }
    }

    /// The first weight of a layer whose name has a text in it.
    ///
    /// **Source:** `KerasModelReader.get_weights_data`, hls4ml 1.3.0.
    pub(crate) fn get(self, layer: &str, part: &str) -> Result<Option<Tensor>, Problem> {
        let group = self.outer.unwrap_or(layer);
        let names = self.model.names.get(group).map(Vec::as_slice).unwrap_or_default();
        let is_of_layer = |name: &str| {
            self.outer.is_none() || self.is_wrapped || name.split('/').any(|component| component == layer)
        };
        let Some(name) = names.iter().find(|name| is_of_layer(name) && name.contains(part)) else {
            return Ok(None);
        };
        let path = join(&join(&self.model.root, group), name);
        let tensor = self.model.file.array(&path);
        tensor
            .map(Some)
            .map_err(|fault| Problem::malformed(format!("weight `{name}`: {fault}"), "save the model again"))
    }

    /// The same, for a weight that must be there.
    pub(crate) fn expect(self, layer: &str, part: &str) -> Result<Tensor, Problem> {
        self.get(layer, part)?.ok_or_else(|| {
            let message = format!("expected a weight named `{part}`, found none");
            Problem::malformed(message, "save the model with its weights")
        })
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}
