//! Reading.

use hls4rs_types::{Attribute, RawAttribute};

use super::mask::{looks_masked, mask, unmask};
use crate::limits::Limit;
use crate::{ArchiveError, ReadLimits};

/// The first magnitude of a float that could have been an integer of more than 64 bits: 2⁶³.
const BEYOND_INTEGERS: f64 = 9_223_372_036_854_775_808.0;

/// How deep the parser goes by itself.
pub(crate) const DEEPEST: usize = 127;

/// Reads JSON as Python writes it into a tree of plain attributes: objects of classes are still maps.
///
/// Most documents are JSON as everybody writes it, and read at once. Where that fails or could have lost something, the
/// text is read once more with bare words masked and numbers looked at.
///
/// # Errors
/// If the text is no JSON, a key occurs twice in one map, or an integer has more than 64 bits. `member` names the
/// member in the error.
pub fn read_json(member: &str, bytes: &[u8]) -> Result<Attribute, ArchiveError> {
    read_json_within(member, bytes, &ReadLimits::default())
}

/// The same within limits.
pub(crate) fn read_json_within(
    member: &str,
    bytes: &[u8],
    limits: &ReadLimits,
) -> Result<Attribute, ArchiveError> {
    let place = || format!("member `{member}`");
    limits.check(Limit::Json, bytes.len(), place)?;
    let tree = read(member, bytes)?;
    check_arrays(&tree, limits, &place)?;
    if limits.json_depth < DEEPEST as u64 {
        limits.check(Limit::JsonDepth, depth(&tree), place)?;
    }
    Ok(tree)
}

/// Arrays in their inline form are measured as those of members are, so that they can become members.
fn check_arrays(
    tree: &Attribute,
    limits: &ReadLimits,
    place: &dyn Fn() -> String,
) -> Result<(), ArchiveError> {
    match tree {
        Attribute::Array(array) => {
            limits.check(Limit::Rank, array.shape().len(), place)?;
            limits.check(Limit::Elements, array.len(), place)
        }
        Attribute::List(values) => values.iter().try_for_each(|value| check_arrays(value, limits, place)),
        Attribute::Map(map) => map.values().try_for_each(|value| check_arrays(value, limits, place)),
        _ => Ok(()),
    }
}

/// How many lists and maps are around the innermost value.
fn depth(tree: &Attribute) -> u64 {
    match tree {
        Attribute::List(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Attribute::Map(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn read(member: &str, bytes: &[u8]) -> Result<Attribute, ArchiveError> {
    let fail = |message: String| ArchiveError::json(member, message);
    let text = str::from_utf8(bytes).map_err(|error| fail(error.to_string()))?;
    if let Ok(RawAttribute(tree)) = serde_json::from_str(text)
        && is_certain(&tree)
    {
        return Ok(tree);
    }
    let masked = mask(text).map_err(fail)?;
    let RawAttribute(mut tree) = serde_json::from_str(&masked).map_err(|error| fail(error.to_string()))?;
    unmask_all(&mut tree).map_err(fail)?;
    Ok(tree)
}

/// Whether nothing in the tree could have been something else in the text.
fn is_certain(tree: &Attribute) -> bool {
    match tree {
        Attribute::Float(value) => value.abs() < BEYOND_INTEGERS,
        Attribute::String(text) => !looks_masked(text),
        Attribute::List(values) => values.iter().all(is_certain),
        Attribute::Map(map) => map.iter().all(|(key, value)| !looks_masked(key) && is_certain(value)),
        _ => true,
    }
}

/// Puts numbers in the place of the texts that stand for bare words.
///
/// # Errors
/// If a bare word is a key.
fn unmask_all(tree: &mut Attribute) -> Result<(), String> {
    match tree {
        Attribute::String(text) => {
            if let Some(value) = unmask(text) {
                *tree = Attribute::Float(value);
            }
            Ok(())
        }
        Attribute::List(values) => values.iter_mut().try_for_each(unmask_all),
        Attribute::Map(map) => map.iter_mut().try_for_each(|(key, value)| match unmask(key) {
            Some(_) => Err("expected a text as key, found a bare word".to_owned()),
            None => unmask_all(value),
        }),
        _ => Ok(()),
    }
}
