//! Values that are set for the model, for a kind of layer or for one layer.

use hls4rs_layers::LayerId;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Texts by key; null where the user gave nothing.
pub(super) type Texts = IndexMap<String, Option<String>>;

/// A value that is set for the model, for a kind of layer, or for one layer; the closest one counts.
///
/// Keys are in lower case.
#[derive(Debug, Clone, PartialEq)]
pub struct Scoped<T> {
    /// For the model.
    pub model: Option<T>,
    /// By kind.
    pub layer_type: IndexMap<String, T>,
    /// By name of the layer.
    pub layer_name: IndexMap<String, T>,
}

impl<T> Scoped<T> {
    /// A value for the model alone.
    #[must_use]
    pub fn new(model: Option<T>) -> Self {
        Self { model, layer_type: IndexMap::new(), layer_name: IndexMap::new() }
    }

    /// The value for a layer.
    #[must_use]
    pub fn of(&self, layer: LayerId<'_>) -> Option<&T> {
        let by_name = self.layer_name.get(&layer.name.to_lowercase());
        by_name.or_else(|| self.layer_type.get(&layer.kind.to_lowercase())).or(self.model.as_ref())
    }
}

/// Gives a key another name in its place.
pub(super) fn rename_key<T>(map: &mut IndexMap<String, T>, from: &str, to: &str) {
    if let Some((place, _, value)) = map.shift_remove_full(from) {
        map.shift_insert(place.min(map.len()), to.to_owned(), value);
    }
}

/// Precisions as text, by slot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Precisions {
    /// For the model, by slot: `default`, `result`, ….
    pub model: Texts,
    /// By kind and slot: `dense_weight`.
    pub layer_type: Texts,
    /// By layer and slot: `fc1_weight`.
    pub layer_name: Texts,
}

/// Number of elements beyond which weights go to block RAM outside of the layer; infinite by default.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BramFactor {
    /// A number of elements.
    Elements(i64),
    /// Any other number; infinity by default.
    Number(f64),
}

impl Default for BramFactor {
    fn default() -> Self {
        Self::Number(f64::INFINITY)
    }
}

impl PartialEq for BramFactor {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Elements(a), Self::Elements(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a.to_bits() == b.to_bits(),
            _ => false,
        }
    }
}
