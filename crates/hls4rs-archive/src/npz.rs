//! Several arrays in one member, in NumPy's `.npz` format.

use std::io::{Cursor, Read, Write};

use hls4rs_types::Tensor;
use indexmap::IndexMap;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::{ArchiveError, read_npy, write_npy};

/// Reads all arrays, by name without `.npy`. `member` names the file in errors.
///
/// # Errors
/// If the file is no zip archive, names occur twice, or one of the arrays cannot be read.
pub fn read_npz(member: &str, bytes: &[u8]) -> Result<IndexMap<String, Tensor>, ArchiveError> {
    let fail = |message: String| ArchiveError::array(member, message);
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| fail(error.to_string()))?;
    let mut arrays = IndexMap::new();
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i).map_err(|error| fail(error.to_string()))?;
        let name = entry.name().map_err(|error| fail(error.to_string()))?.into_owned();
        let place = format!("{member}/{name}");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| ArchiveError::array(&place, error))?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        if arrays.insert(name, read_npy(&place, &bytes)?).is_some() {
            return Err(ArchiveError::DuplicateMember { member: place });
        }
    }
    Ok(arrays)
}

/// Writes arrays as `numpy.savez` does: uncompressed, in order.
///
/// # Errors
/// If the arrays are more than the format can hold.
pub fn write_npz<'a>(
    member: &str,
    arrays: impl IntoIterator<Item = (&'a str, &'a Tensor)>,
) -> Result<Vec<u8>, ArchiveError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .large_file(true);
    for (name, tensor) in arrays {
        let fail = |message: String| ArchiveError::array(&format!("{member}/{name}"), message);
        zip.start_file(format!("{name}.npy"), options).map_err(|error| fail(error.to_string()))?;
        zip.write_all(&write_npy(tensor)).map_err(|error| fail(error.to_string()))?;
    }
    let bytes = zip.finish().map_err(|error| ArchiveError::array(member, error))?;
    Ok(bytes.into_inner())
}
