//! Names of the members that hold arrays.
//!
//! **Source:** `_serialize_array_attrs` of `hls4ml.utils.serialization`, hls4ml 1.3.0; for arrays in lists, hls4ml pull
//! request 1540.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hls4rs_types::{Attribute, Attributes, Tensor, TensorError};
use indexmap::IndexMap;

use crate::{ArchiveError, Members};

/// What stands before the name of an array in a reference to it.
pub(crate) const REFERENCE: &str = "@ndarray:";

/// The arrays of a model by the name of their member, while the model is written.
pub(crate) struct ArrayNames<'a> {
    arrays: IndexMap<String, Tensor>,
    taken: &'a Members,
    /// Members by a hash of the elements of their array, if equal arrays are stored once.
    shared: Option<IndexMap<u64, Vec<String>>>,
    hasher: RandomState,
}

impl<'a> ArrayNames<'a> {
    /// No arrays yet; the names of these members are taken. With `share`, equal arrays get one member.
    pub(crate) fn new(taken: &'a Members, share: bool) -> Self {
        Self {
            arrays: IndexMap::new(),
            taken,
            shared: share.then(IndexMap::new),
            hasher: RandomState::default(),
        }
    }

    /// The arrays in the order in which they were met.
    pub(crate) fn into_arrays(self) -> IndexMap<String, Tensor> {
        self.arrays
    }

    /// What the names of arrays in a map begin with: the layer, and the map's own `name` if it is not the layer's.
    pub(crate) fn prefix(&self, layer: &str, map: &Attributes) -> String {
        match map.get("name").and_then(Attribute::as_str) {
            Some(name) if name != layer => format!("{layer}_{name}"),
            _ => layer.to_owned(),
        }
    }

    /// Puts references in the place of arrays, at any depth. `name` makes the name of an array in this very place.
    pub(crate) fn extract(
        &mut self,
        layer: &str,
        name: &dyn Fn() -> String,
        value: &mut Attribute,
        place: &dyn Fn() -> String,
    ) -> Result<(), ArchiveError> {
        match value {
            Attribute::Array(array) => {
                let member = self.member(&name(), array)?;
                *value = Attribute::String(format!("{REFERENCE}{member}"));
            }
            Attribute::Map(map) => {
                let prefix = self.prefix(layer, map);
                for (key, value) in map.iter_mut() {
                    self.extract(layer, &|| format!("{prefix}_{key}"), value, place)?;
                }
            }
            Attribute::List(values) => {
                for (i, value) in values.iter_mut().enumerate() {
                    self.extract(layer, &|| format!("{}_{i}", name()), value, place)?;
                }
            }
            Attribute::String(text) if text.starts_with(REFERENCE) => {
                return Err(ArchiveError::ReservedText { place: place(), text: text.clone() });
            }
            _ => {}
        }
        Ok(())
    }

    /// The member for an array: of that name, if no other array has it.
    ///
    /// hls4ml writes a second array of the same name over the first one; here it gets a number.
    fn member(&mut self, name: &str, array: &Tensor) -> Result<String, ArchiveError> {
        let mut hash = None;
        if let Some(shared) = &self.shared {
            let found = hash_of(array, &self.hasher).map_err(|error| ArchiveError::loading(name, error))?;
            hash = Some(found);
            let mut known = shared.get(&found).into_iter().flatten();
            if let Some(member) = known.find(|member| self.arrays.get(*member) == Some(array)) {
                return Ok(member.clone());
            }
        }
        let is_special = |c: char| matches!(c, '/' | '\\') || c.is_control();
        let name: String = name.chars().map(|c| if is_special(c) { '_' } else { c }).collect();
        let name = shortened(&name);
        let mut candidate = format!("{name}.npy");
        for i in 2.. {
            let is_other = self.arrays.get(&candidate).is_some_and(|other| other != array);
            if !is_other && !self.taken.contains_key(&candidate) {
                break;
            }
            candidate = format!("{name}_{i}.npy");
        }
        self.arrays.insert(candidate.clone(), array.clone());
        if let (Some(shared), Some(hash)) = (&mut self.shared, hash) {
            shared.entry(hash).or_default().push(candidate.clone());
        }
        Ok(candidate)
    }
}

/// Most bytes of a name, without what tells it from others of the same beginning: loaders that unpack archives make files
/// of them.
const LONGEST: usize = 240;

fn shortened(name: &str) -> &str {
    let end = (0..=LONGEST.min(name.len())).rev().find(|end| name.is_char_boundary(*end));
    name.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// How many elements are hashed at a time.
const PIECE: usize = 8192;

/// A hash of the elements: arrays of another hash are other arrays.
fn hash_of(array: &Tensor, hasher: &RandomState) -> Result<u64, TensorError> {
    let (mut hash, mut piece) = (hasher.build_hasher(), Vec::new());
    for start in (0..array.len()).step_by(PIECE) {
        piece.clear();
        array.append_bytes(start..start + PIECE, &mut piece)?;
        hash.write(&piece);
    }
    Ok(hash.finish())
}
