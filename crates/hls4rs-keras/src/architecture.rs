//! The architecture of a model: what Keras writes as JSON.

use hls4rs_archive::read_json;
use hls4rs_frontend::{SourceError, SourceFile};
use hls4rs_types::{Attribute, Attributes};

/// Reads an architecture.
///
/// # Errors
/// If the text is no JSON, or no map.
pub(crate) fn read(source: &SourceFile, name: &str, text: &[u8]) -> Result<Attributes, SourceError> {
    let fail =
        |found: String| source.malformed(format!("the architecture of a Keras model in `{name}`"), found);
    match read_json(name, text).map_err(|error| fail(error.to_string()))? {
        Attribute::Map(map) => Ok(map),
        other => Err(fail(other.describe().to_owned())),
    }
}
