//! From and to [`Attribute`] for anything that serde knows.
//!
//! Layers, quantizers and types state their wire form once, as their serde form. The bridge turns that form into a
//! tree of attributes and back, without copying arrays, and tells the path of whatever does not fit.

mod de;
mod error;
pub(crate) mod handoff;
mod ser;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Attribute;

pub use error::{BridgeError, BridgeErrorKind};

/// The serde form of a value as a tree of plain attributes: null, booleans, numbers, strings, lists, maps and arrays.
///
/// # Errors
/// If the value has no such form: map keys that are no strings, integers beyond 64 bits, or an error of its own.
pub fn to_attribute<T: Serialize + ?Sized>(value: &T) -> Result<Attribute, BridgeError> {
    value.serialize(ser::AttributeSerializer)
}

/// A value from its serde form.
///
/// # Errors
/// If the tree is not the form of a `T`; the error tells the path.
pub fn from_attribute<T: DeserializeOwned>(attribute: &Attribute) -> Result<T, BridgeError> {
    let _scope = handoff::Scope::enter();
    T::deserialize(de::AttributeDeserializer(attribute))
}
