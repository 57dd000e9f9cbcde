//! The serializer that makes a tree of attributes.

use serde::ser::{self, Serialize};

use super::{BridgeError, handoff};
use crate::{Attribute, Attributes};

pub(super) struct AttributeSerializer;

type Result<T, E = BridgeError> = std::result::Result<T, E>;

impl ser::Serializer for AttributeSerializer {
    type Ok = Attribute;
    type Error = BridgeError;
    type SerializeSeq = ListSerializer;
    type SerializeTuple = ListSerializer;
    type SerializeTupleStruct = ListSerializer;
    type SerializeTupleVariant = VariantSerializer<ListSerializer>;
    type SerializeMap = MapSerializer;
    type SerializeStruct = MapSerializer;
    type SerializeStructVariant = VariantSerializer<MapSerializer>;

    fn serialize_bool(self, value: bool) -> Result<Attribute> {
        Ok(Attribute::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Attribute> {
        Ok(Attribute::Int(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<Attribute> {
        Ok(Attribute::Int(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<Attribute> {
        Ok(Attribute::Int(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<Attribute> {
        Ok(Attribute::Int(value))
    }

    fn serialize_u8(self, value: u8) -> Result<Attribute> {
        Ok(Attribute::Int(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<Attribute> {
        Ok(Attribute::Int(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<Attribute> {
        Ok(Attribute::Int(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Attribute> {
        i64::try_from(value)
            .map(Attribute::Int)
            .map_err(|_| BridgeError::mismatch("an integer of 64 bits", value))
    }

    fn serialize_f32(self, value: f32) -> Result<Attribute> {
        Ok(Attribute::Float(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Attribute> {
        Ok(Attribute::Float(value))
    }

    fn serialize_char(self, value: char) -> Result<Attribute> {
        Ok(Attribute::String(value.into()))
    }

    fn serialize_str(self, value: &str) -> Result<Attribute> {
        Ok(Attribute::String(value.into()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Attribute> {
        Ok(Attribute::List(value.iter().map(|byte| Attribute::Int((*byte).into())).collect()))
    }

    fn serialize_none(self) -> Result<Attribute> {
        Ok(Attribute::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Attribute> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Attribute> {
        Ok(Attribute::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Attribute> {
        Ok(Attribute::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Attribute> {
        Ok(Attribute::String(variant.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Attribute> {
        match handoff::offered(name) {
            Some(tensor) => Ok(Attribute::Array(tensor)),
            None => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Attribute> {
        let entry = (variant, value.serialize(self)?);
        Ok(Attribute::Map([entry].into()))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListSerializer> {
        Ok(ListSerializer { values: Vec::with_capacity(length.unwrap_or(0)) })
    }

    fn serialize_tuple(self, length: usize) -> Result<ListSerializer> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<ListSerializer> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<VariantSerializer<ListSerializer>> {
        Ok(VariantSerializer { variant, inner: self.serialize_seq(Some(length))? })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<MapSerializer> {
        Ok(MapSerializer { map: Attributes::with_capacity(length.unwrap_or(0)), key: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<MapSerializer> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<VariantSerializer<MapSerializer>> {
        Ok(VariantSerializer { variant, inner: self.serialize_map(Some(length))? })
    }
}

pub(super) struct ListSerializer {
    values: Vec<Attribute>,
}

impl ListSerializer {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let value = value
            .serialize(AttributeSerializer)
            .map_err(|error| error.below(self.values.len().to_string()))?;
        self.values.push(value);
        Ok(())
    }
}

impl ser::SerializeSeq for ListSerializer {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::List(self.values))
    }
}

impl ser::SerializeTuple for ListSerializer {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::List(self.values))
    }
}

impl ser::SerializeTupleStruct for ListSerializer {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::List(self.values))
    }
}

pub(super) struct MapSerializer {
    map: Attributes,
    key: Option<String>,
}

impl MapSerializer {
    fn insert<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<()> {
        let value = value.serialize(AttributeSerializer).map_err(|error| error.below(key))?;
        self.map.insert(key, value);
        Ok(())
    }
}

impl ser::SerializeMap for MapSerializer {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        match key.serialize(AttributeSerializer)? {
            Attribute::String(key) => self.key = Some(key),
            other => return Err(BridgeError::mismatch("a string as key of a map", other.describe())),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().unwrap_or_default();
        self.insert(&key, value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::Map(self.map))
    }
}

impl ser::SerializeStruct for MapSerializer {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.insert(key, value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::Map(self.map))
    }
}

/// An enum variant with data, externally tagged: a map with the variant's name as its only key.
pub(super) struct VariantSerializer<S> {
    variant: &'static str,
    inner: S,
}

impl ser::SerializeTupleVariant for VariantSerializer<ListSerializer> {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.inner.push(value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::Map([(self.variant, Attribute::List(self.inner.values))].into()))
    }
}

impl ser::SerializeStructVariant for VariantSerializer<MapSerializer> {
    type Ok = Attribute;
    type Error = BridgeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.inner.insert(key, value)
    }

    fn end(self) -> Result<Attribute> {
        Ok(Attribute::Map([(self.variant, Attribute::Map(self.inner.map))].into()))
    }
}
