//! The deserializer that reads a tree of attributes.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::{BridgeError, handoff, to_attribute};
use crate::{Attribute, Attributes};

pub(super) struct AttributeDeserializer<'a>(pub(super) &'a Attribute);

type Result<T, E = BridgeError> = std::result::Result<T, E>;

impl<'de> de::Deserializer<'de> for AttributeDeserializer<'_> {
    type Error = BridgeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Attribute::Null => visitor.visit_unit(),
            Attribute::Bool(value) => visitor.visit_bool(*value),
            Attribute::Int(value) => visitor.visit_i64(*value),
            Attribute::Float(value) => visitor.visit_f64(*value),
            Attribute::String(value) => visitor.visit_str(value),
            Attribute::List(values) => visit_list(values, visitor),
            Attribute::Map(map) => visit_map(map, visitor),
            Attribute::Array(tensor) => visitor.visit_byte_buf(handoff::put(tensor.clone())),
            typed => AttributeDeserializer(&to_attribute(typed)?).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Attribute::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name == handoff::TOKEN {
            self.deserialize_any(visitor)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.0 {
            Attribute::String(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            Attribute::Map(map) if map.len() == 1 => {
                let entries = Entries::new(map);
                visitor.visit_enum(de::value::MapAccessDeserializer::new(entries))
            }
            other => {
                Err(BridgeError::mismatch("a name, or a map with a name as its only key", other.describe()))
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

fn visit_list<'de, V: Visitor<'de>>(values: &[Attribute], visitor: V) -> Result<V::Value> {
    let mut elements = Elements { values: values.iter(), index: 0 };
    let result = visitor.visit_seq(&mut elements)?;
    match elements.values.len() {
        0 => Ok(result),
        left => Err(BridgeError::mismatch(format!("{} elements", elements.index), elements.index + left)),
    }
}

fn visit_map<'de, V: Visitor<'de>>(map: &Attributes, visitor: V) -> Result<V::Value> {
    visitor.visit_map(Entries::new(map))
}

struct Elements<'a> {
    values: std::slice::Iter<'a, Attribute>,
    index: usize,
}

impl<'de> de::SeqAccess<'de> for &mut Elements<'_> {
    type Error = BridgeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(value) = self.values.next() else { return Ok(None) };
        self.index += 1;
        let element = seed.deserialize(AttributeDeserializer(value));
        element.map(Some).map_err(|error| error.below((self.index - 1).to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

struct Entries<'a> {
    entries: std::slice::Iter<'a, (String, Attribute)>,
    current: Option<&'a (String, Attribute)>,
}

impl<'a> Entries<'a> {
    fn new(map: &'a Attributes) -> Self {
        Self { entries: map.into_iter(), current: None }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = BridgeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.current = self.entries.next();
        let Some((key, _)) = self.current else { return Ok(None) };
        let deserializer: StrDeserializer<'_, BridgeError> = key.as_str().into_deserializer();
        seed.deserialize(deserializer).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some((key, value)) = self.current.take() else {
            return Err(BridgeError::mismatch("a key before its value", "a value"));
        };
        seed.deserialize(AttributeDeserializer(value)).map_err(|error| error.below(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}
