//! The ordered map of a layer's attributes.

use std::fmt;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::Attribute;

/// How many entries a map may have before an index is worth its making.
const FEW: usize = 16;

/// An ordered map from names to attributes.
///
/// The order is part of the model: hls4ml's variables, weights and types are numbered by it. Equality therefore
/// regards the order.
///
/// Nearly all maps of a model are small, and small ones are searched by looking: they are a vector, with an index beside
/// it only where there are more than a few entries.
#[derive(Clone, Default)]
pub struct Attributes {
    entries: Vec<(String, Attribute)>,
    /// The places of the entries by the hashes of their names, if there are more than [`FEW`].
    index: Option<Box<Index>>,
}

/// Places by name.
#[derive(Clone, Default)]
struct Index {
    places: HashTable<usize>,
    hasher: RandomState,
}

impl Index {
    fn of(entries: &[(String, Attribute)]) -> Self {
        let mut index = Self::default();
        index.places.reserve(entries.len(), |_| 0);
        for place in 0..entries.len() {
            index.add(place, entries);
        }
        index
    }

    fn add(&mut self, place: usize, entries: &[(String, Attribute)]) {
        let hash = |place: usize| self.hasher.hash_one(name_at(entries, place));
        self.places.insert_unique(hash(place), place, |&place| hash(place));
    }

    fn find(&self, name: &str, entries: &[(String, Attribute)]) -> Option<usize> {
        let hash = self.hasher.hash_one(name);
        self.places.find(hash, |&place| name_at(entries, place) == name).copied()
    }
}

fn name_at(entries: &[(String, Attribute)], place: usize) -> &str {
    entries.get(place).map_or("", |(name, _)| name)
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
        Self { entries: Vec::with_capacity(capacity), index: None }
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
        self.place(name).and_then(|place| self.entries.get(place)).map(|(_, value)| value)
    }

    /// The attribute of that name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Attribute> {
        self.place(name).and_then(|place| self.entries.get_mut(place)).map(|(_, value)| value)
    }

    /// Whether there is an attribute of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Where the entry of that name is.
    fn place(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.find(name, &self.entries),
            None => self.entries.iter().position(|(known, _)| known == name),
        }
    }

    /// Sets an attribute: in its place if the name exists, else at the end. Returns the former value.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Attribute>) -> Option<Attribute> {
        let (name, value) = (name.into(), value.into());
        if let Some((_, known)) = self.place(&name).and_then(|place| self.entries.get_mut(place)) {
            return Some(std::mem::replace(known, value));
        }
        self.push(name, value);
        None
    }

    /// Adds an entry whose name is new.
    pub(crate) fn push(&mut self, name: String, value: Attribute) {
        self.entries.push((name, value));
        match &mut self.index {
            Some(index) => index.add(self.entries.len() - 1, &self.entries),
            None if self.entries.len() > FEW => self.index_anew(),
            None => {}
        }
    }

    /// Makes the index that this many entries need.
    fn index_anew(&mut self) {
        self.index = (self.entries.len() > FEW).then(|| Box::new(Index::of(&self.entries)));
    }

    /// Removes an attribute; the order of the others stays.
    pub fn remove(&mut self, name: &str) -> Option<Attribute> {
        let (_, value) = self.entries.remove(self.place(name)?);
        self.index_anew();
        Some(value)
    }

    /// Gives an attribute another name in the same place. Returns false, and changes nothing, where there is no
    /// attribute `from` or already one named `to`.
    pub fn rename(&mut self, from: &str, to: &str) -> bool {
        if self.contains(to) {
            return false;
        }
        let Some((name, _)) = self.place(from).and_then(|place| self.entries.get_mut(place)) else {
            return false;
        };
        to.clone_into(name);
        self.index_anew();
        true
    }

    /// Names and attributes in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Attribute)> + DoubleEndedIterator {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Names and attributes in order, the attributes to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Attribute)> {
        self.entries.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Names in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// Attributes in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Attribute> {
        self.entries.iter().map(|(_, value)| value)
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl IntoIterator for Attributes {
    type Item = (String, Attribute);
    type IntoIter = std::vec::IntoIter<(String, Attribute)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a (String, Attribute);
    type IntoIter = std::slice::Iter<'a, (String, Attribute)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<N: Into<String>, V: Into<Attribute>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Self::with_capacity(entries.size_hint().0);
        entries.for_each(|(name, value)| {
            map.insert(name, value);
        });
        map
    }
}

impl<N: Into<String>, V: Into<Attribute>, const LENGTH: usize> From<[(N, V); LENGTH]> for Attributes {
    fn from(entries: [(N, V); LENGTH]) -> Self {
        entries.into_iter().collect()
    }
}
