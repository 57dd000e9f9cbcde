//! From plain trees to typed attributes: objects of known classes become what they are.

use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bridge::{from_attribute, handoff};
use crate::tensor::inline::Inline;
use crate::{
    AnyQuantizer, Attribute, Attributes, BridgeError, NamedType, Precision, Source, Tensor, TensorVariable,
    UnknownObject, WeightVariable,
};

/// A tree of plain attributes as a data format delivers it: objects are still maps.
///
/// Readers that have to look at the tree before objects are recognised, to resolve references to arrays for one,
/// deserialize this, and call [`upgrade`] on what is inside.
#[derive(Debug, Clone, PartialEq)]
pub struct RawAttribute(pub Attribute);

/// Makes objects of known classes, maps of just `class_name` and `state`, into typed attributes, at any depth.
///
/// An object of an unknown class, or of a known class with fields that this version does not know, stays whole as an
/// [`UnknownObject`].
///
/// # Errors
/// If the state of a known class is not what the class holds; the error tells the path.
pub fn upgrade(attribute: Attribute) -> Result<Attribute, BridgeError> {
    match attribute {
        Attribute::Map(map) => match object_of(map) {
            Ok((class_name, state)) => typed(class_name, state),
            Err(map) => Ok(Attribute::Map(upgrade_map(map)?)),
        },
        Attribute::List(values) => {
            let upgraded = values.into_iter().enumerate();
            let upgraded =
                upgraded.map(|(i, value)| upgrade(value).map_err(|error| error.below(i.to_string())));
            Ok(Attribute::List(upgraded.collect::<Result<_, _>>()?))
        }
        other => Ok(other),
    }
}

/// Like [`upgrade`] for the fields of an object, for listings: a field that is wrong stays as it is.
#[must_use]
pub fn upgrade_fields(state: Attribute) -> Attribute {
    match state {
        Attribute::Map(map) => {
            let field = |(name, value): (String, Attribute)| (name, upgrade(value.clone()).unwrap_or(value));
            Attribute::Map(map.into_iter().map(field).collect())
        }
        other => other,
    }
}

fn upgrade_map(map: Attributes) -> Result<Attributes, BridgeError> {
    let upgraded = map.into_iter().map(|(name, value)| match upgrade(value) {
        Ok(value) => Ok((name, value)),
        Err(error) => Err(error.below(name)),
    });
    upgraded.collect()
}

/// Class name and state, if the map is an object; else the map.
fn object_of(mut map: Attributes) -> Result<(String, Attributes), Attributes> {
    let is_object = map.len() == 2
        && matches!(map.get("class_name"), Some(Attribute::String(_)))
        && matches!(map.get("state"), Some(Attribute::Map(_)));
    if !is_object {
        return Err(map);
    }
    match (map.remove("class_name"), map.remove("state")) {
        (Some(Attribute::String(class_name)), Some(Attribute::Map(state))) => Ok((class_name, state)),
        _ => Err(map),
    }
}

fn typed(class_name: String, state: Attributes) -> Result<Attribute, BridgeError> {
    let object = object(&class_name, state.clone());
    let result = match class_name.strip_prefix("hls4ml.model.types.") {
        Some(name) if name.ends_with("PrecisionType") => {
            from_attribute::<Precision>(object).map(Attribute::Precision)
        }
        Some("Source") => from_attribute::<Source>(object).map(Attribute::Source),
        Some(name) if name.ends_with("WeightVariable") => {
            from_attribute::<WeightVariable>(object).map(Attribute::Weight)
        }
        Some(name) if name.ends_with("Variable") => {
            from_attribute::<TensorVariable>(object).map(Attribute::Variable)
        }
        Some(name) if name.ends_with("Type") => from_attribute::<NamedType>(object).map(Attribute::Type),
        Some(_) => return unknown(class_name, state),
        None => AnyQuantizer::known(object).map(Attribute::Quantizer),
    };
    match result {
        Err(error) if error.is_unknown() => unknown(class_name, state),
        result => result,
    }
}

fn unknown(class_name: String, state: Attributes) -> Result<Attribute, BridgeError> {
    Ok(Attribute::Object(UnknownObject { class_name, state: upgrade_map(state)? }))
}

fn object(class_name: &str, state: Attributes) -> Attribute {
    Attribute::Map([("class_name", Attribute::from(class_name)), ("state", Attribute::Map(state))].into())
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(value) => serializer.serialize_str(value),
            Self::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(value))?;
                list.end()
            }
            Self::Map(map) => map.serialize(serializer),
            Self::Array(array) => array.serialize(serializer),
            Self::Precision(precision) => precision.serialize(serializer),
            Self::Type(named) => named.serialize(serializer),
            Self::Variable(variable) => variable.serialize(serializer),
            Self::Weight(weight) => weight.serialize(serializer),
            Self::Quantizer(quantizer) => quantizer.serialize(serializer),
            Self::Source(source) => source.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl Serialize for UnknownObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("class_name", &self.class_name)?;
        map.serialize_entry("state", &self.state)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RawAttribute(attribute) = RawAttribute::deserialize(deserializer)?;
        upgrade(attribute).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RawAttribute::deserialize(deserializer)?.0 {
            Attribute::Map(map) => upgrade_map(map).map_err(de::Error::custom),
            other => Err(de::Error::custom(BridgeError::mismatch("a map", other.describe()))),
        }
    }
}

impl<'de> Deserialize<'de> for RawAttribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor).map(Self)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Attribute;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute")
    }

    fn visit_unit<E>(self) -> Result<Attribute, E> {
        Ok(Attribute::Null)
    }

    fn visit_none<E>(self) -> Result<Attribute, E> {
        Ok(Attribute::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Attribute, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Attribute, E> {
        Ok(Attribute::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Attribute, E> {
        Ok(Attribute::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Attribute, E> {
        let message = || E::custom(format!("expected an integer of 64 bits with sign, found {value}"));
        i64::try_from(value).map(Attribute::Int).map_err(|_| message())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Attribute, E> {
        Ok(Attribute::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Attribute, E> {
        Ok(Attribute::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Attribute, E> {
        Ok(Attribute::String(value))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Attribute, E> {
        let tensor = handoff::take(bytes);
        tensor.map(Attribute::Array).ok_or_else(|| E::invalid_type(de::Unexpected::Bytes(bytes), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Attribute, A::Error> {
        let mut values = Vec::with_capacity(access.size_hint().unwrap_or(0).min(4096));
        while let Some(RawAttribute(value)) = access.next_element()? {
            values.push(value);
        }
        Ok(Attribute::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Attribute, A::Error> {
        let mut map = Attributes::new();
        while let Some(name) = access.next_key::<String>()? {
            if map.contains(&name) {
                return Err(de::Error::custom(format!("the key `{name}` occurs twice")));
            }
            let RawAttribute(value) = access.next_value()?;
            map.insert(name, value);
        }
        match Inline::of(&map) {
            Some(inline) => inline.map(Attribute::Array).map_err(de::Error::custom),
            None => Ok(Attribute::Map(map)),
        }
    }
}

impl Serialize for Tensor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        handoff::offer(self, || serializer.serialize_newtype_struct(handoff::TOKEN, &Inline(self)))
    }
}

impl<'de> Deserialize<'de> for Tensor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RawAttribute::deserialize(deserializer)?.0 {
            Attribute::Array(tensor) => Ok(tensor),
            other => Err(de::Error::custom(BridgeError::mismatch("an array", other.describe()).kind())),
        }
    }
}
