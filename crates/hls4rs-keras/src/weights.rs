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

    /// Names of the weights of a layer, in order.
    pub(crate) fn names(&self, layer: &str) -> &[String] {
        self.names.get(layer).map(Vec::as_slice).unwrap_or_default()
    }

    /// A weight of a layer.
    pub(crate) fn array(&self, layer: &str, name: &str) -> Result<Tensor, Problem> {
        let tensor = self.file.array(&join(&join(&self.root, layer), name));
        tensor
            .map_err(|fault| Problem::malformed(format!("weight `{name}`: {fault}"), "save the model again"))
    }
}

/// The weights of one layer alone, by name.
pub(crate) struct LayerWeights {
    /// Name of the layer.
    pub(crate) layer: String,
    /// Its weights in order.
    pub(crate) weights: Vec<(&'static str, Tensor)>,
}

/// The part of the weights that a converter of layers sees.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    source: Source<'a>,
    /// The layer of the outermost model that holds what is looked for, if not the layer itself.
    outer: Option<&'a str>,
    /// Whether all weights of that layer are those of the layer it wraps.
    is_wrapped: bool,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Model(&'a ModelWeights),
    Layer(&'a LayerWeights),
}

impl<'a> Weights<'a> {
    /// Those of a whole model.
    pub(crate) fn of(model: &'a ModelWeights) -> Self {
        Self { source: Source::Model(model), outer: None, is_wrapped: false }
    }

    /// Those of one layer.
    pub(crate) fn of_layer(layer: &'a LayerWeights) -> Self {
        Self { source: Source::Layer(layer), outer: None, is_wrapped: false }
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
    /// **Source:** `KerasModelReader.get_weights_data` and `IsolatedLayerReader.get_weights_data`, hls4ml 1.3.0.
    pub(crate) fn get(self, layer: &str, part: &str) -> Result<Option<Tensor>, Problem> {
        let group = self.outer.unwrap_or(layer);
        match self.source {
            Source::Layer(one) => {
                let found = one.weights.iter().find(|(name, _)| one.layer == group && name.contains(part));
                Ok(found.map(|(_, tensor)| tensor.clone()))
            }
            Source::Model(model) => {
                let is_of_layer = |name: &str| {
                    self.outer.is_none()
                        || self.is_wrapped
                        || name.split('/').any(|component| component == layer)
                };
                let found = model.names(group).iter().find(|name| is_of_layer(name) && name.contains(part));
                found.map(|name| model.array(group, name)).transpose()
            }
        }
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
