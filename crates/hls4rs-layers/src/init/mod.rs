//! Making outputs, weights and types of a layer that joins a graph.

mod context;
mod outputs;
mod weights;

use hls4rs_types::{Attribute, NamedType, Precision, Tensor};

use crate::layer::check_input_count;
use crate::{AttributeSpec, Default, LayerError, LayerSpec, LayerState};

pub use context::{InitContext, LayerId, Unattached};
pub use outputs::OutputOptions;
pub use weights::WeightOptions;

/// A layer in the making.
///
/// **Source:** `hls4ml.model.layers.Layer.__init__` and the helpers that its `initialize` methods use, hls4ml 1.3.0.
pub struct Initializer<'a> {
    /// Name of the layer.
    pub name: &'a str,
    /// The layer's declaration.
    pub spec: &'static LayerSpec,
    /// What the layer holds so far.
    pub state: &'a mut LayerState,
    /// The layer's number in the graph, from 1.
    pub index: i64,
    context: &'a dyn InitContext,
    extensions: Vec<AttributeSpec>,
}

impl<'a> Initializer<'a> {
    /// Begins with a layer whose state holds what the converter, or a builder, has set.
    #[must_use]
    pub fn new(
        name: &'a str,
        spec: &'static LayerSpec,
        state: &'a mut LayerState,
        index: i64,
        context: &'a dyn InitContext,
    ) -> Self {
        let extensions = context.extensions(spec);
        Self { name, spec, state, index, context, extensions }
    }

    /// Does all: index, accumulator, configuration, the kind's own initialization, defaults.
    ///
    /// # Errors
    /// If inputs, attributes or configuration do not allow it.
    pub fn run(mut self) -> Result<(), LayerError> {
        check_input_count(self.spec, self.state.inputs.len())?;
        self.state.attributes.insert("index", self.index);
        self.set_accumulator()?;
        self.apply_configuration()?;
        (self.spec.initialize)(&mut self)?;
        self.wrap_precisions();
        crate::check_attributes(self.spec, self.state)?;
        self.check_extensions()?;
        self.set_defaults()
    }

    /// The value of an input that is a constant.
    #[must_use]
    pub fn constant(&self, i: usize) -> Option<&'a Tensor> {
        self.context.constant(self.state.inputs.get(i)?)
    }

    /// Precision of a slot by configuration.
    ///
    /// # Errors
    /// If the configuration has none, or one that is no precision.
    pub fn precision(&self, slot: &str) -> Result<(Precision, String), LayerError> {
        self.context.precision(self.id(), slot)
    }

    /// The layer's strategy, in lower case.
    #[must_use]
    pub fn strategy(&self) -> String {
        self.context.strategy(self.id())
    }

    /// How many times each multiplier of the layer is used, by configuration.
    #[must_use]
    pub fn reuse_factor(&self) -> i64 {
        self.context.reuse_factor(self.id())
    }

    /// Name of the backend.
    #[must_use]
    pub fn backend(&self) -> &str {
        self.context.backend()
    }

    /// Sets the type `<slot>_t` to the configured precision, if the kind or the backend declares it.
    ///
    /// # Errors
    /// If the configuration has no precision for it.
    pub fn set_type(&mut self, slot: &str) -> Result<(), LayerError> {
        let attribute = format!("{slot}_t");
        if self.declares(&attribute) {
            let (precision, name) = self.precision(slot)?;
            self.state.attributes.insert(attribute, NamedType::new(name, precision));
        }
        Ok(())
    }

    /// A name with the layer's number in place of `{index}`.
    #[must_use]
    pub fn numbered(&self, name: &str) -> String {
        name.replace("{index}", &self.index.to_string())
    }

    /// Whether the kind or the backend declares an attribute.
    #[must_use]
    pub fn declares(&self, attribute: &str) -> bool {
        self.declarations().any(|declared| declared.name == attribute)
    }

    /// Whether hls4ml expects an attribute of that name, so that an output of the same name goes under another one.
    /// Optional attributes are declared here but not there.
    fn reserves(&self, name: &str) -> bool {
        self.declarations().any(|declared| declared.name == name && declared.default != Default::Optional)
    }

    /// Graph inputs name the reserved input `input`, which no layer makes.
    fn reads_the_world(&self) -> bool {
        self.state.inputs.iter().all(|input| input == "input")
    }

    fn id(&self) -> LayerId<'a> {
        LayerId { name: self.name, kind: self.spec.kind }
    }

    fn declarations(&self) -> impl Iterator<Item = AttributeSpec> {
        self.spec.all_attributes().copied().chain(self.extensions.iter().copied())
    }

    fn set_accumulator(&mut self) -> Result<(), LayerError> {
        if self.state.get("accum_t").is_none() { self.set_type("accum") } else { Ok(()) }
    }

    /// Copies what the configuration says about the layer into its attributes, in snake case; keys that end in `_t`
    /// are precisions, and become types named after layer and key.
    fn apply_configuration(&mut self) -> Result<(), LayerError> {
        for (key, value) in self.context.layer_config(self.id()) {
            let key = snake_case(&key);
            let value = match value.as_str() {
                Some(text) if key.ends_with("_t") => {
                    let precision = text.parse::<Precision>();
                    let precision = precision
                        .map_err(|error| LayerError::Configuration { message: error.to_string() })?;
                    NamedType::new(format!("{}_{key}", self.name), precision).into()
                }
                _ => value,
            };
            self.state.attributes.insert(key, value);
        }
        Ok(())
    }

    /// Precisions that were set as attributes get a name.
    fn wrap_precisions(&mut self) {
        let name = self.name;
        for (key, value) in self.state.attributes.iter_mut() {
            if let Attribute::Precision(precision) = value {
                *value = NamedType::new(format!("{name}_{key}"), *precision).into();
            }
        }
    }

    /// What the backend adds must be what the backend says.
    fn check_extensions(&self) -> Result<(), LayerError> {
        for declared in &self.extensions {
            if let Some(value) = self.state.attributes.get(declared.name)
                && !declared.accepts(value)
            {
                return Err(LayerError::attribute(declared.name, declared.expectation(), Some(value)));
            }
        }
        Ok(())
    }

    /// Sets what is declared and not there. Of what is declared twice, the first has the place and the last the default.
    fn set_defaults(&mut self) -> Result<(), LayerError> {
        let declarations: Vec<AttributeSpec> = self.declarations().collect();
        for first in &declarations {
            let declared = declarations.iter().rev().find(|last| last.name == first.name).unwrap_or(first);
            if self.state.attributes.contains(declared.name) {
                continue;
            }
            let value = match declared.default {
                Default::Required => {
                    return Err(LayerError::attribute(declared.name, declared.expectation(), None));
                }
                Default::Optional => continue,
                Default::Bool(value) => value.into(),
                Default::Int(value) => value.into(),
                Default::Float(value) => value.into(),
                Default::Str(value) => value.into(),
                Default::EmptyList => Attribute::List(vec![]),
                Default::Precision(text) => {
                    let precision = text.parse::<Precision>();
                    let precision = precision
                        .map_err(|error| LayerError::Configuration { message: error.to_string() })?;
                    NamedType::new(format!("{}_{}", self.name, declared.name), precision).into()
                }
            };
            self.state.attributes.insert(declared.name, value);
        }
        Ok(())
    }
}

/// `TableSize` as `table_size`: an underscore before each capital but the first letter, and none twice.
#[must_use]
pub fn snake_case(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for (i, c) in key.char_indices() {
        if i > 0 && c.is_ascii_uppercase() && !snake.ends_with('_') {
            snake.push('_');
        }
        if c != '_' || !snake.ends_with('_') {
            snake.extend(c.to_lowercase());
        }
    }
    snake
}
