//! The ordered map of a layer's attributes.

use std::fmt;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::Attribute;

/// An ordered map from names to attributes.
///
/// The order is part of the model: hls4ml's variables, weights and types are numbered by it. Equality therefore
/// regards the order.
#[derive(Clone, Default)]
pub struct Attributes {
    entries: IndexMap<String, Attribute, RandomState>,
}

impl Attributes {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room for `capacity` entries.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: IndexMap::with_capacity_and_hasher(capacity, RandomState::default()) }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The attribute of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.entries.get(name)
    }

    /// The attribute of that name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Attribute> {
        self.entries.get_mut(name)
    }

    /// Whether there is an attribute of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Sets an attribute: in its place if the name exists, else at the end. Returns the former value.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Attribute>) -> Option<Attribute> {
        self.entries.insert(name.into(), value.into())
    }

    /// Removes an attribute; the order of the others stays.
    pub fn remove(&mut self, name: &str) -> Option<Attribute> {
        self.entries.shift_remove(name)
    }

    /// Gives an attribute another name in the same place. Returns false, and changes nothing, where there is no
    /// attribute `from` or already one named `to`.
    pub fn rename(&mut self, from: &str, to: &str) -> bool {
        if self.entries.contains_key(to) {
            return false;
        }
        let Some((index, _, value)) = self.entries.shift_remove_full(from) else { return false };
        self.entries.shift_insert(index, to.to_owned(), value);
        true
    }

    /// Names and attributes in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Attribute)> + DoubleEndedIterator {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Names and attributes in order, to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Attribute)> {
        self.entries.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Names in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Attributes in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Attribute> {
        self.entries.values()
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl IntoIterator for Attributes {
    type Item = (String, Attribute);
    type IntoIter = indexmap::map::IntoIter<String, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a String, &'a Attribute);
    type IntoIter = indexmap::map::Iter<'a, String, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<N: Into<String>, V: Into<Attribute>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let entries = entries.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { entries: entries.collect() }
    }
}

impl<N: Into<String>, V: Into<Attribute>, const LENGTH: usize> From<[(N, V); LENGTH]> for Attributes {
    fn from(entries: [(N, V); LENGTH]) -> Self {
        entries.into_iter().collect()
    }
}
