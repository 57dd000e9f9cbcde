//! The files of Keras 3: a zip archive with the architecture and the weights.

use std::io::{Cursor, Read};

use hls4rs_frontend::{SourceError, SourceFile};
use zip::ZipArchive;

/// Members that an archive may have.
const MOST_MEMBERS: usize = 10_000;
/// Bytes that the architecture may have.
const MOST_ARCHITECTURE: u64 = 32 << 20;
/// Bytes that the weights may have.
const MOST_WEIGHTS: u64 = 4 << 30;
/// Bytes that a member may have per byte of the file, beyond the first [`RATIO_FLOOR`].
const MOST_RATIO: u64 = 100;
/// Bytes that a member may have whatever the size of the file.
const RATIO_FLOOR: u64 = 1 << 20;

/// What a file holds of a model.
pub(crate) struct Contents {
    /// The architecture as JSON.
    pub(crate) architecture: Vec<u8>,
    /// The weights as HDF5, if there are any.
    pub(crate) weights: Option<Vec<u8>>,
}

/// Reads a `.keras` file. Nothing is written to disk, and names of members are only compared.
///
/// # Errors
/// If the file is no zip archive, names leave it or occur twice, or a member is larger than a real one.
pub(crate) fn read(source: &SourceFile) -> Result<Contents, SourceError> {
    let fail = |found: String| source.malformed("a `.keras` file", found);
    let mut zip = ZipArchive::new(Cursor::new(source.bytes.as_slice())).map_err(|e| fail(e.to_string()))?;
    if zip.len() > MOST_MEMBERS {
        return Err(fail(format!("{} members, more than {MOST_MEMBERS}", zip.len())));
    }
    if zip.has_duplicate_names() {
        return Err(fail("a member twice".to_owned()));
    }
    let packed = source.bytes.len() as u64;
    let (mut architecture, mut weights) = (None, None);
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i).map_err(|error| fail(error.to_string()))?;
        let name = entry.name().map_err(|error| fail(error.to_string()))?.into_owned();
        if leaves(&name) {
            return Err(fail(format!("the member `{name}`, whose path leaves the file")));
        }
        let (place, most) = match name.as_str() {
            "config.json" => (&mut architecture, MOST_ARCHITECTURE),
            "model.weights.h5" => (&mut weights, MOST_WEIGHTS),
            _ => continue,
        };
        let most = most.min(packed.saturating_mul(MOST_RATIO).saturating_add(RATIO_FLOOR));
        let large = |size: u64| fail(format!("`{name}` of {size} bytes, more than {most}"));
        if entry.size() > most {
            return Err(large(entry.size()));
        }
        // the size that is said is not believed: one byte more than allowed is enough to know
        let mut bytes = Vec::new();
        let read = (&mut entry).take(most.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| fail(format!("`{name}`: {error}")))?;
        if bytes.len() as u64 > most {
            return Err(large(bytes.len() as u64));
        }
        *place = Some(bytes);
    }
    let architecture = architecture.ok_or_else(|| fail("no member `config.json`".to_owned()))?;
    Ok(Contents { architecture, weights })
}

/// Whether a path begins outside the archive, or leads there.
fn leaves(name: &str) -> bool {
    name.starts_with(['/', '\\']) || name.contains(':') || name.split(['/', '\\']).any(|part| part == "..")
}
