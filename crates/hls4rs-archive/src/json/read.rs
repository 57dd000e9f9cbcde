//! Reading.

use hls4rs_types::{Attribute, RawAttribute};

use super::mask::{mask, unmask};
use crate::ArchiveError;

/// Reads JSON as Python writes it into a tree of plain attributes: objects of classes are still maps.
///
/// # Errors
/// If the text is no JSON, a key occurs twice in one map, or an integer has more than 64 bits. `member` names the
/// member in the error.
pub fn read_json(member: &str, bytes: &[u8]) -> Result<Attribute, ArchiveError> {
    let fail = |message: String| ArchiveError::json(member, message);
    let text = str::from_utf8(bytes).map_err(|error| fail(error.to_string()))?;
    let masked = mask(text).map_err(fail)?;
    let RawAttribute(mut tree) = serde_json::from_str(&masked).map_err(|error| fail(error.to_string()))?;
    unmask_all(&mut tree);
    Ok(tree)
}

fn unmask_all(tree: &mut Attribute) {
    match tree {
        Attribute::String(text) => {
            if let Some(value) = unmask(text) {
                *tree = Attribute::Float(value);
            }
        }
        Attribute::List(values) => values.iter_mut().for_each(unmask_all),
        Attribute::Map(map) => map.iter_mut().for_each(|(_, value)| unmask_all(value)),
        _ => {}
    }
}
