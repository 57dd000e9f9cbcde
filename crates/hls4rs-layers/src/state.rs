//! What a layer holds.

use hls4rs_types::{
    Attribute, AttributeType, Attributes, NamedType, Precision, Source, Tensor, TensorVariable,
    WeightVariable,
};
use serde::{Deserialize, Serialize};

use crate::LayerError;

/// What stands before the name of an output in the attribute that holds its variable, where the name is taken.
///
/// **Source:** `hls4ml.model.attributes.AttributeDict.__setitem__`, hls4ml 1.3.0.
pub const RESERVED_OUTPUT: &str = "__hls4ml_reserved_out_";

/// What a layer holds: names of its inputs and outputs, and its attributes. All but `memory` is in the archive.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LayerState {
    /// Names of the outputs that the layer reads.
    pub inputs: Vec<String>,
    /// Names of the outputs that the layer makes.
    pub outputs: Vec<String>,
    /// Everything else.
    pub attributes: Attributes,
    /// Fields of the archive's layer object that this version does not know.
    #[serde(flatten)]
    pub extra: Attributes,
    /// What passes of a conversion remember about the layer. Archives do not hold it, and equality does not regard it.
    #[serde(skip)]
    pub memory: Attributes,
}

impl PartialEq for LayerState {
    fn eq(&self, other: &Self) -> bool {
        self.inputs == other.inputs
            && self.outputs == other.outputs
            && self.attributes == other.attributes
            && self.extra == other.extra
    }
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident $result:ty, $as:ident, $ty:ident;)*) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// If the attribute is missing or something else.
        pub fn $name(&self, name: &str) -> Result<$result, LayerError> {
            let found = self.attributes.get(name);
            let value = found.and_then(Attribute::$as);
            value.ok_or_else(|| LayerError::attribute(name, AttributeType::$ty, found))
        })*
    };
}

impl LayerState {
    getters! {
        /// An integer attribute.
        int i64, as_int, Int;
        /// A boolean attribute.
        bool bool, as_bool, Bool;
        /// A numeric attribute.
        float f64, as_float, Float;
        /// A text attribute.
        str &str, as_str, String;
        /// A list attribute.
        list &[Attribute], as_list, List;
        /// A map attribute.
        map &Attributes, as_map, Map;
        /// An attribute that is a list of dimensions.
        shape Vec<usize>, as_shape, Shape;
        /// An array attribute.
        array &Tensor, as_array, Array;
        /// A named type.
        named_type &NamedType, as_type, Type;
        /// A weight variable.
        weight &WeightVariable, as_weight, Weight;
        /// A source block.
        source &Source, as_source, Source;
    }

    /// An integer attribute that is a size: not negative.
    ///
    /// # Errors
    /// If the attribute is missing, something else, or negative.
    pub fn size(&self, name: &str) -> Result<usize, LayerError> {
        let value = self.int(name)?;
        let found = self.attributes.get(name);
        usize::try_from(value).map_err(|_| LayerError::attribute(name, "a non-negative integer", found))
    }

    /// Several sizes, as the dimensions of a shape.
    ///
    /// # Errors
    /// If one of the attributes is missing, something else, or negative.
    pub fn sizes<const RANK: usize>(&self, names: [&str; RANK]) -> Result<Vec<usize>, LayerError> {
        names.into_iter().map(|name| self.size(name)).collect()
    }

    /// Whether the layer's data has its channels in the last dimension, as all of hls4ml's kernels want it.
    #[must_use]
    pub fn is_channels_last(&self) -> bool {
        self.attributes.get("data_format").and_then(Attribute::as_str) == Some("channels_last")
    }

    /// The variable of one of the layer's outputs.
    ///
    /// Where an output has the name of a declared attribute, hls4ml keeps its variable under another name.
    #[must_use]
    pub fn variable(&self, output: &str) -> Option<&TensorVariable> {
        self.attributes.get(&self.variable_key(output)).and_then(Attribute::as_variable)
    }

    /// Name of the attribute that holds the variable of an output.
    #[must_use]
    pub fn variable_key(&self, output: &str) -> String {
        let reserved = format!("{RESERVED_OUTPUT}{output}");
        if self.attributes.contains(&reserved) { reserved } else { output.to_owned() }
    }

    /// The precision that an attribute holds, with or without a name.
    #[must_use]
    pub fn precision(&self, name: &str) -> Option<Precision> {
        match self.attributes.get(name)? {
            Attribute::Precision(precision) => Some(*precision),
            Attribute::Type(named) => Some(named.precision),
            _ => None,
        }
    }

    /// Whether an attribute is there and true.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.attributes.get(name).and_then(Attribute::as_bool).unwrap_or(false)
    }

    /// Sets an attribute to a size.
    pub fn set_size(&mut self, name: &str, size: usize) {
        self.attributes.insert(name, i64::try_from(size).unwrap_or(i64::MAX));
    }

    /// The attribute of that name, if it is there and not null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name).filter(|value| !value.is_null())
    }
}
