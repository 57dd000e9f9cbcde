//! Several arrays in one member, in NumPy's `.npz` format.

use std::io::{Cursor, Read, Write};

use hls4rs_types::Tensor;
use indexmap::IndexMap;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::limits::Limit;
use crate::npy::read_npy_within;
use crate::tar::check_name;
use crate::{ArchiveError, ReadLimits, write_npy};

/// Reads all arrays, by name without `.npy`. `member` names the file in errors.
///
/// # Errors
/// If the file is no zip archive, a name is not that of a file inside or occurs twice, or one of the arrays cannot be read.
pub fn read_npz(member: &str, bytes: &[u8]) -> Result<IndexMap<String, Tensor>, ArchiveError> {
    read_npz_within(member, bytes, &ReadLimits::default(), bytes.len() as u64)
}

/// The same within limits, in a file of `packed` bytes. Entries may be compressed, and even lie upon each other: only the
/// file's size says how much there may be.
pub(crate) fn read_npz_within(
    member: &str,
    bytes: &[u8],
    limits: &ReadLimits,
    packed: u64,
) -> Result<IndexMap<String, Tensor>, ArchiveError> {
    let fail = |message: String| ArchiveError::array(member, message);
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| fail(error.to_string()))?;
    let place = || format!("member `{member}`");
    limits.check(Limit::Members, zip.len(), place)?;
    // the library keeps the last of several entries of one name
    let n_entries = entry_count(bytes, zip.central_directory_start());
    if n_entries != zip.len() {
        let message = format!("expected names that differ, found {n_entries} entries of {} names", zip.len());
        return Err(fail(message));
    }
    let (mut arrays, mut unpacked, mut elements) = (IndexMap::new(), 0u64, 0u64);
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i).map_err(|error| fail(error.to_string()))?;
        let name = entry.name().map_err(|error| fail(error.to_string()))?.into_owned();
        let place = format!("{member}/{name}");
        // the size that is said is not believed: one byte more than allowed is enough to know
        let most_by_ratio = packed.saturating_mul(limits.ratio).saturating_add(ReadLimits::RATIO_FLOOR);
        let most = limits.member.min(limits.unpacked.min(most_by_ratio).saturating_sub(unpacked));
        let mut bytes = Vec::new();
        let mut within = (&mut entry).take(most.saturating_add(1));
        within.read_to_end(&mut bytes).map_err(|error| ArchiveError::array(&place, error))?;
        unpacked += bytes.len() as u64;
        limits.check(Limit::Member, bytes.len(), || place.clone())?;
        limits.check_stream(unpacked, packed)?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        // the array may become a member of its own
        check_name(&format!("{name}.npy"), limits)?;
        let tensor = read_npy_within(&place, &bytes, limits)?;
        elements += tensor.len() as u64;
        limits.check(Limit::TotalElements, elements, || place.clone())?;
        if arrays.insert(name, tensor).is_some() {
            return Err(ArchiveError::DuplicateMember { member: place });
        }
    }
    Ok(arrays)
}

/// How many entries the directory of a zip archive has.
fn entry_count(bytes: &[u8], start: u64) -> usize {
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let (mut rest, mut count) = (bytes.get(start..).unwrap_or_default(), 0);
    while let [b'P', b'K', 1, 2, record @ ..] = rest {
        count += 1;
        // of the name, further fields and the comment
        let lengths = [24, 26, 28].map(|at| match record.get(at..at + 2) {
            Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
            _ => 0,
        });
        rest = record.get(42 + lengths.iter().sum::<usize>()..).unwrap_or_default();
    }
    count
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
        zip.write_all(&write_npy(name, tensor)?).map_err(|error| fail(error.to_string()))?;
    }
    let bytes = zip.finish().map_err(|error| ArchiveError::array(member, error))?;
    Ok(bytes.into_inner())
}
