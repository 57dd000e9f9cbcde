//! Describing a layer in code before it joins a graph.

use hls4rs_types::{Attribute, Attributes, NamedType, Precision, Tensor};

use crate::{Layer, LayerSpec, LayerState};

/// A layer that is described but not yet part of a graph: what a converter's list holds for one layer.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The declaration of the layer's kind.
    pub spec: &'static LayerSpec,
    /// Name of the layer.
    pub name: String,
    /// Names of the outputs that it reads; empty for the layer before it.
    pub inputs: Vec<String>,
    /// Names of the outputs that it makes; empty for one with the layer's name.
    pub outputs: Vec<String>,
    /// The attributes that are set, `name` and `class_name` first.
    pub attributes: Attributes,
}

impl Draft {
    /// A layer of that kind, without attributes but its name and class.
    #[must_use]
    pub fn new(spec: &'static LayerSpec, name: impl Into<String>) -> Self {
        let name = name.into();
        let attributes =
            [("name", Attribute::from(name.clone())), ("class_name", Attribute::from(spec.kind))];
        Self { spec, name, inputs: vec![], outputs: vec![], attributes: attributes.into() }
    }

    /// The outputs that the layer reads.
    #[must_use]
    pub fn inputs<N: Into<String>>(mut self, inputs: impl IntoIterator<Item = N>) -> Self {
        self.inputs = inputs.into_iter().map(Into::into).collect();
        self
    }

    /// The outputs that the layer makes.
    #[must_use]
    pub fn outputs<N: Into<String>>(mut self, outputs: impl IntoIterator<Item = N>) -> Self {
        self.outputs = outputs.into_iter().map(Into::into).collect();
        self
    }

    /// Sets any attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Attribute>) -> Self {
        self.attributes.insert(name, value);
        self
    }

    /// The layer as it stands, without outputs and weights made: for tests and for tools that need no graph.
    #[must_use]
    pub fn into_layer(self) -> Box<dyn Layer> {
        let Self { spec, inputs, outputs, attributes, .. } = self;
        (spec.make)(LayerState { inputs, outputs, attributes, ..LayerState::default() })
    }
}

/// What a builder's setter for an attribute of a certain kind takes, and which attribute it sets.
pub trait IntoSetting<Kind> {
    /// The attribute's name and value, for the layer `layer`.
    fn into_setting(self, layer: &str, attribute: &str) -> (String, Attribute);
}

/// Kinds of settings, which choose the implementation of [`IntoSetting`].
#[doc(hidden)]
pub mod kinds {
    macro_rules! kinds {
        ($($name:ident),*) => {
            $(#[derive(Debug, Clone, Copy)] pub struct $name;)*
        };
    }
    kinds!(Any, Bool, Int, Float, String, List, Shape, Map, Array, Type, Weight, Quantizer, Source);
}

macro_rules! settings {
    ($($kind:ident: $($value:ty),*;)*) => {
        $($(impl IntoSetting<kinds::$kind> for $value {
            fn into_setting(self, _: &str, attribute: &str) -> (String, Attribute) {
                (attribute.to_owned(), self.into())
            }
        })*)*
    };
}

settings! {
    Bool: bool;
    Int: i32, i64, u32;
    Float: f64;
    String: &str, String;
    List: Vec<Attribute>, Vec<i64>, Vec<String>;
    Shape: &[usize];
    Map: Attributes;
    Array: Tensor;
    Quantizer: hls4rs_types::AnyQuantizer;
    Source: hls4rs_types::Source;
}

impl<V: Into<Attribute>> IntoSetting<kinds::Any> for V {
    fn into_setting(self, _: &str, attribute: &str) -> (String, Attribute) {
        (attribute.to_owned(), self.into())
    }
}

impl<const RANK: usize> IntoSetting<kinds::Shape> for [usize; RANK] {
    fn into_setting(self, _: &str, attribute: &str) -> (String, Attribute) {
        (attribute.to_owned(), self.as_slice().into())
    }
}

impl IntoSetting<kinds::Int> for usize {
    fn into_setting(self, _: &str, attribute: &str) -> (String, Attribute) {
        (attribute.to_owned(), Attribute::Int(i64::try_from(self).unwrap_or(i64::MAX)))
    }
}

impl IntoSetting<kinds::Type> for Precision {
    /// The type is named after layer and attribute, as hls4ml names those that come from the configuration.
    fn into_setting(self, layer: &str, attribute: &str) -> (String, Attribute) {
        (attribute.to_owned(), NamedType::new(format!("{layer}_{attribute}"), self).into())
    }
}

impl IntoSetting<kinds::Type> for NamedType {
    fn into_setting(self, _: &str, attribute: &str) -> (String, Attribute) {
        (attribute.to_owned(), self.into())
    }
}

impl IntoSetting<kinds::Weight> for Tensor {
    /// The values before quantization, from which initialization makes the weight variable.
    fn into_setting(self, _: &str, attribute: &str) -> (String, Attribute) {
        (format!("{attribute}_data"), self.into())
    }
}
