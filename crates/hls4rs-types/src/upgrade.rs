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
/// An object of an unknown class, or of a known class with fields that this version does not know, becomes an
/// [`UnknownObject`] with everything it held.
///
/// # Errors
/// If the state of a known class is not what the class holds; the error tells the path.
pub fn upgrade(mut attribute: Attribute) -> Result<Attribute, BridgeError> {
    upgrade_in_place(&mut attribute)?;
    Ok(attribute)
}

/// The same for the fields of an object, for listings: a field that is wrong stays as it is.
#[must_use]
pub fn upgrade_fields(mut state: Attribute) -> Attribute {
    if let Attribute::Map(map) = &mut state {
        for (_, value) in map.iter_mut() {
            if let Ok(upgraded) = upgrade(value.clone()) {
                *value = upgraded;
            }
        }
    }
    state
}

fn upgrade_in_place(attribute: &mut Attribute) -> Result<(), BridgeError> {
    match attribute {
        Attribute::List(values) => {
            for (i, value) in values.iter_mut().enumerate() {
                upgrade_in_place(value).map_err(|error| error.below(i.to_string()))?;
            }
        }
        Attribute::Map(map) if class_of(map).is_none() => upgrade_map(map)?,
        Attribute::Map(_) => match typed(attribute) {
            Ok(typed) => *attribute = typed,
            Err(error) if error.is_unknown() => *attribute = unknown(std::mem::take(attribute))?,
            Err(error) => return Err(error),
        },
        _ => {}
    }
    Ok(())
}

fn upgrade_map(map: &mut Attributes) -> Result<(), BridgeError> {
    for (name, value) in map.iter_mut() {
        upgrade_in_place(value).map_err(|error| error.below(name))?;
    }
    Ok(())
}

/// The class, if the map is an object.
fn class_of(map: &Attributes) -> Option<&str> {
    match (map.len(), map.get("class_name"), map.get("state")) {
        (2, Some(Attribute::String(class_name)), Some(Attribute::Map(_))) => Some(class_name),
        _ => None,
    }
}

/// The typed form of an object of a known class.
fn typed(object: &Attribute) -> Result<Attribute, BridgeError> {
    let class_name = object.as_map().and_then(class_of).unwrap_or_default();
    match class_name.strip_prefix("hls4ml.model.types.") {
        Some(name) if name.ends_with("PrecisionType") => {
            from_attribute::<Precision>(object).map(Attribute::Precision)
        }
        Some("Source") => from_attribute::<Source>(object).map(Attribute::Source),
        Some(name) if name.ends_with("WeightVariable") => {
            from_attribute::<WeightVariable>(object).map(Attribute::from)
        }
        Some(name) if name.ends_with("Variable") => {
            from_attribute::<TensorVariable>(object).map(Attribute::from)
        }
        Some(name) if name.ends_with("Type") => from_attribute::<NamedType>(object).map(Attribute::from),
        _ => AnyQuantizer::known(object).map(Attribute::from),
    }
}

fn unknown(object: Attribute) -> Result<Attribute, BridgeError> {
    let Attribute::Map(mut object) = object else { return Ok(object) };
    match (object.remove("class_name"), object.remove("state")) {
        (Some(Attribute::String(class_name)), Some(Attribute::Map(mut state))) => {
            upgrade_map(&mut state)?;
            Ok(UnknownObject { class_name, state }.into())
        }
        _ => Ok(Attribute::Map(object)),
    }
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
            Attribute::Map(mut map) => {
                upgrade_map(&mut map).map_err(de::Error::custom)?;
                Ok(map)
            }
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
            map.push(name, value);
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
