//! The serde form of an array outside of an archive: type, shape, order and the bytes in hexadecimal digits.
//!
//! Archives keep arrays in members of their own; this form is for everything else that speaks serde.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{DType, Order, Tensor};
use crate::{Attribute, Attributes, BridgeError};

pub(crate) struct Inline<'a>(pub(crate) &'a Tensor);

const DTYPE: &str = "@ndarray_dtype";
const SHAPE: &str = "shape";
const ORDER: &str = "fortran_order";
const BYTES: &str = "bytes";

impl Serialize for Inline<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry(DTYPE, self.0.dtype().name())?;
        map.serialize_entry(SHAPE, self.0.shape())?;
        map.serialize_entry(ORDER, &(self.0.order() == Order::Fortran))?;
        let bytes = self.0.to_bytes().map_err(serde::ser::Error::custom)?;
        map.serialize_entry(BYTES, &hexadecimal(&bytes))?;
        map.end()
    }
}

impl Inline<'_> {
    /// The array, or what is wrong with it, if the map is the inline form of one.
    pub(crate) fn of(map: &Attributes) -> Option<Result<Tensor, BridgeError>> {
        let dtype = map.get(DTYPE)?;
        Some(Self::read(dtype, map).ok_or_else(|| {
            BridgeError::mismatch("an array's element type, shape, order and bytes", "something else")
        }))
    }

    fn read(dtype: &Attribute, map: &Attributes) -> Option<Tensor> {
        // what else is said would be lost
        if map.len() != 4 {
            return None;
        }
        let dtype = DType::ALL.into_iter().find(|known| dtype.as_str() == Some(known.name()))?;
        let shape = map.get(SHAPE)?.as_shape()?;
        let order = if map.get(ORDER)?.as_bool()? { Order::Fortran } else { Order::C };
        let bytes = from_hexadecimal(map.get(BYTES)?.as_str()?)?;
        Tensor::from_bytes(dtype, &shape, order, &bytes).ok()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let byte = |pair: &[u8; 2]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
