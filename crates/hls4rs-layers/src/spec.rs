//! Declarations: what a kind of layer is.

use hls4rs_types::AttributeType;

use crate::{Initializer, Layer, LayerError, LayerState};

/// The dimensions of a tensor, batch omitted.
pub type Shape = Vec<usize>;

/// The declaration of a kind of layer.
#[derive(Debug, Clone, Copy)]
pub struct LayerSpec {
    /// Name of the kind, which is the class without its module: `Dense`.
    pub kind: &'static str,
    /// Class as Python names it, module and all.
    pub class_name: &'static str,
    /// Other names under which converters create the kind: `QDense`.
    pub aliases: &'static [&'static str],
    /// First line of the kind's documentation.
    pub summary: &'static str,
    /// Fewest and most inputs.
    pub inputs: (usize, usize),
    /// The attributes that the kind itself declares, in hls4ml's order; see [`crate::BASE`] for those of every kind.
    pub attributes: &'static [AttributeSpec],
    /// The weights, in the order in which they are made.
    pub weights: &'static [WeightSpec],
    /// Shapes of the outputs from the layer's attributes and the shapes of its inputs.
    pub infer: fn(&LayerState, &[Shape]) -> Result<Vec<Shape>, LayerError>,
    /// Makes outputs, weights and types of a new layer.
    pub initialize: fn(&mut Initializer<'_>) -> Result<(), LayerError>,
    /// A layer of the kind with that state.
    pub make: fn(LayerState) -> Box<dyn Layer>,
}

/// The declaration of an attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttributeSpec {
    /// Name of the attribute.
    pub name: &'static str,
    /// What it must be.
    pub ty: AttributeType,
    /// What it may be instead.
    pub or: &'static [AttributeType],
    /// The texts that it may be, if not any.
    pub choices: &'static [&'static str],
    /// What it is if nobody sets it.
    pub default: Default,
    /// Whether users may set it by configuration.
    pub configurable: bool,
    /// One line of documentation, with unit.
    pub doc: &'static str,
}

impl AttributeSpec {
    /// An attribute that is required and that users may not set.
    #[must_use]
    pub const fn new(name: &'static str, ty: AttributeType, doc: &'static str) -> Self {
        Self { name, ty, or: &[], choices: &[], default: Default::Required, configurable: false, doc }
    }

    /// The same with a default.
    #[must_use]
    pub const fn with_default(self, default: Default) -> Self {
        Self { default, ..self }
    }

    /// The same, but one of these texts.
    #[must_use]
    pub const fn with_choices(self, choices: &'static [&'static str]) -> Self {
        Self { choices, ..self }
    }

    /// The same, but users may set it by configuration.
    #[must_use]
    pub const fn configurable(self) -> Self {
        Self { configurable: true, ..self }
    }
}

/// What an attribute is if nobody sets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// It must be set, or be made by initialization.
    Required,
    /// It may be absent.
    Optional,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Str(&'static str),
    /// A precision in its text form.
    Precision(&'static str),
    /// An empty list.
    EmptyList,
}

/// The declaration of a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightSpec {
    /// Name of the weight, also of the precision slot; its data is `<name>_data`, its type `<name>_t`.
    pub name: &'static str,
    /// Name in the generated C++, with `{index}` for the layer's index.
    pub variable: &'static str,
    /// Attribute that holds the quantizer, if any.
    pub quantizer: Option<&'static str>,
}

impl LayerSpec {
    /// The declaration of an attribute, of the kind itself or of every kind.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static AttributeSpec> {
        self.all_attributes().find(|attribute| attribute.name == name)
    }

    /// Declarations of all attributes: those of every kind, then the kind's own.
    pub fn all_attributes(&self) -> impl Iterator<Item = &'static AttributeSpec> + use<> {
        crate::BASE.iter().chain(self.attributes)
    }
}
