//! What an attribute of a layer can be.

use std::fmt;

use crate::{
    AnyQuantizer, Attributes, NamedType, Precision, Source, Tensor, TensorVariable, UnknownObject,
    WeightVariable,
};

/// The value of one attribute: a closed set, without untyped leftovers.
///
/// Equality is to the bit: floats are equal if their bits are, so that NaN equals itself and −0 differs from 0.
///
/// Most attributes are small, and there are many of them: what is large is in a box.
#[derive(Debug, Clone, Default)]
pub enum Attribute {
    /// Nothing: Python's `None`.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating-point number, infinite ones and NaN included.
    Float(f64),
    /// A text.
    String(String),
    /// A list. Python's tuples are lists, too.
    List(Vec<Attribute>),
    /// An ordered map from texts.
    Map(Attributes),
    /// An array.
    Array(Tensor),
    /// A precision without a name.
    Precision(Precision),
    /// A precision with a name.
    Type(Box<NamedType>),
    /// An output of a layer.
    Variable(Box<TensorVariable>),
    /// A weight of a layer.
    Weight(Box<WeightVariable>),
    /// A quantizer.
    Quantizer(Box<AnyQuantizer>),
    /// Generated source code.
    Source(Source),
    /// An object of an unknown class.
    Object(Box<UnknownObject>),
}

/// The kinds of [`Attribute`], for declarations and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// Any value.
    Any,
    /// True or false.
    Bool,
    /// An integer.
    Int,
    /// A floating-point number; integers are taken, too.
    Float,
    /// A text.
    String,
    /// A list.
    List,
    /// A list of non-negative integers.
    Shape,
    /// A map.
    Map,
    /// An array.
    Array,
    /// A named type.
    Type,
    /// A weight variable.
    Weight,
    /// An output variable.
    Variable,
    /// A quantizer.
    Quantizer,
    /// Generated source code.
    Source,
}

impl AttributeType {
    /// The kind with its article, for messages.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Bool => "a boolean",
            Self::Int => "an integer",
            Self::Float => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Shape => "a list of dimensions",
            Self::Map => "a map",
            Self::Array => "an array",
            Self::Type => "a named type",
            Self::Weight => "a weight variable",
            Self::Variable => "a tensor variable",
            Self::Quantizer => "a quantizer",
            Self::Source => "a source block",
        }
    }

    /// Whether the attribute is of this kind.
    #[must_use]
    pub fn accepts(self, value: &Attribute) -> bool {
        match self {
            Self::Any => true,
            Self::Bool => matches!(value, Attribute::Bool(_)),
            Self::Int => matches!(value, Attribute::Int(_)),
            Self::Float => matches!(value, Attribute::Float(_) | Attribute::Int(_)),
            Self::String => matches!(value, Attribute::String(_)),
            Self::List => matches!(value, Attribute::List(_)),
            Self::Shape => value.as_shape().is_some(),
            Self::Map => matches!(value, Attribute::Map(_)),
            Self::Array => matches!(value, Attribute::Array(_)),
            Self::Type => matches!(value, Attribute::Type(_)),
            Self::Weight => matches!(value, Attribute::Weight(_)),
            Self::Variable => matches!(value, Attribute::Variable(_)),
            Self::Quantizer => matches!(value, Attribute::Quantizer(_)),
            Self::Source => matches!(value, Attribute::Source(_)),
        }
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}

impl Attribute {
    /// What the value is, with its article, for messages.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Array(_) => "an array",
            Self::Precision(_) => "a precision",
            Self::Type(_) => "a named type",
            Self::Variable(_) => "a tensor variable",
            Self::Weight(_) => "a weight variable",
            Self::Quantizer(_) => "a quantizer",
            Self::Source(_) => "a source block",
            Self::Object(_) => "an object of an unknown class",
        }
    }

    /// Whether this is [`Attribute::Null`].
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if it is a float or an integer.
    #[must_use]
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(value) => Some(value),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }

    /// The dimensions, if it is a list of non-negative integers.
    #[must_use]
    pub fn as_shape(&self) -> Option<Vec<usize>> {
        let dimension = |value: &Self| value.as_int().and_then(|value| usize::try_from(value).ok());
        self.as_list()?.iter().map(dimension).collect()
    }

    /// The entries, if it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Attributes> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The array, if it is one.
    #[must_use]
    pub fn as_array(&self) -> Option<&Tensor> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The named type, if it is one.
    #[must_use]
    pub fn as_type(&self) -> Option<&NamedType> {
        match self {
            Self::Type(named) => Some(named),
            _ => None,
        }
    }

    /// The output variable, if it is one.
    #[must_use]
    pub fn as_variable(&self) -> Option<&TensorVariable> {
        match self {
            Self::Variable(variable) => Some(variable),
            _ => None,
        }
    }

    /// The weight variable, if it is one.
    #[must_use]
    pub fn as_weight(&self) -> Option<&WeightVariable> {
        match self {
            Self::Weight(weight) => Some(weight),
            _ => None,
        }
    }

    /// The quantizer, if it is one.
    #[must_use]
    pub fn as_quantizer(&self) -> Option<&AnyQuantizer> {
        match self {
            Self::Quantizer(quantizer) => Some(quantizer),
            _ => None,
        }
    }

    /// The source block, if it is one.
    #[must_use]
    pub fn as_source(&self) -> Option<&Source> {
        match self {
            Self::Source(source) => Some(source),
            _ => None,
        }
    }
}

impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Precision(a), Self::Precision(b)) => a == b,
            (Self::Type(a), Self::Type(b)) => a == b,
            (Self::Variable(a), Self::Variable(b)) => a == b,
            (Self::Weight(a), Self::Weight(b)) => a == b,
            (Self::Quantizer(a), Self::Quantizer(b)) => a == b,
            (Self::Source(a), Self::Source(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

/// `From` for each variant that has one natural source.
macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {
        $(impl From<$source> for Attribute {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

from! {
    bool => Bool,
    i64 => Int,
    i32 => Int,
    u32 => Int,
    f64 => Float,
    String => String,
    &str => String,
    Attributes => Map,
    Tensor => Array,
    Precision => Precision,
    NamedType => Type,
    TensorVariable => Variable,
    WeightVariable => Weight,
    AnyQuantizer => Quantizer,
    Source => Source,
    UnknownObject => Object,
}

impl<V: Into<Self>> From<Vec<V>> for Attribute {
    fn from(values: Vec<V>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<V: Into<Self>> From<Option<V>> for Attribute {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&[usize]> for Attribute {
    fn from(shape: &[usize]) -> Self {
        Self::List(
            shape.iter().map(|&dimension| Self::Int(i64::try_from(dimension).unwrap_or(i64::MAX))).collect(),
        )
    }
}
