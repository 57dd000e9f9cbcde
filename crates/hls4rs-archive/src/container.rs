//! The container: a gzip stream of a tar archive, read into memory and never onto the disk.

use std::io::{self, Cursor, Read, Write};
use std::path::{Component, Path};

use flate2::bufread::MultiGzDecoder;
use flate2::{Compression, GzBuilder};
use indexmap::IndexMap;
use tar::{Archive, Builder, Entry, EntryType, Header};

use crate::ArchiveError;

/// The members of an archive in their order, by name.
pub type Members = IndexMap<String, Vec<u8>>;

/// The size of a tar block in bytes.
const BLOCK: usize = 512;

/// How much is decompressed at a time, in bytes.
const PIECE: usize = 32 * 1024;

/// Reads all members. Directories, such as the one for the root, `/`, that Python's `tarfile` puts first, are passed
/// over.
///
/// # Errors
/// If the stream is damaged or cut short, or a member is no plain file, has no plain name, or occurs twice.
pub fn read_members(compressed: &[u8]) -> Result<Members, ArchiveError> {
    let bytes = decompress(compressed).map_err(|cause| ArchiveError::Gzip { cause })?;
    let mut members = Members::new();
    let mut end = 0;
    let mut archive = Archive::new(Cursor::new(bytes.as_slice()));
    for entry in archive.entries().map_err(tar_error)? {
        let entry = entry.map_err(tar_error)?;
        end = end_of(&entry);
        if let Some((name, content)) = read_entry(&entry, &bytes)?
            && members.insert(name.clone(), content).is_some()
        {
            return Err(ArchiveError::DuplicateMember { member: name });
        }
    }
    let rest = bytes.get(end..).unwrap_or_default();
    if rest.len() < 2 * BLOCK || rest.iter().any(|byte| *byte != 0) {
        let found = if rest.len() < 2 * BLOCK { "the end of the stream" } else { "other data" };
        let message = format!("expected two blocks of zeros behind the last member, found {found}");
        return Err(ArchiveError::Tar { message });
    }
    Ok(members)
}

/// The whole stream, all of its gzip members, with their checksums verified.
fn decompress(compressed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(compressed.len().saturating_mul(4));
    let mut decoder = MultiGzDecoder::new(compressed);
    let mut piece = vec![0; PIECE];
    loop {
        match decoder.read(&mut piece)? {
            0 => return Ok(bytes),
            read => bytes.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
}

/// Where the blocks of a member end.
fn end_of<R: Read>(entry: &Entry<'_, R>) -> usize {
    let end = entry.raw_file_position().saturating_add(entry.size()).div_ceil(BLOCK as u64) * BLOCK as u64;
    usize::try_from(end).unwrap_or(usize::MAX)
}

fn read_entry<R: Read>(entry: &Entry<'_, R>, bytes: &[u8]) -> Result<Option<(String, Vec<u8>)>, ArchiveError> {
    let name = entry.path_bytes();
    let member = String::from_utf8_lossy(&name).into_owned();
    let kind = entry.header().entry_type();
    if kind == EntryType::Directory && matches!(name.as_ref(), b"/" | b"./" | b"." | b"") {
        return Ok(None);
    }
    let refuse = |found| Err(ArchiveError::MemberName { member: member.clone(), found });
    if str::from_utf8(&name).is_err() {
        return refuse("one that is not UTF-8");
    }
    if name.contains(&0) || member.contains('\\') || member.is_empty() {
        return refuse("an empty one, or one with NUL or a backslash");
    }
    if !Path::new(&member).components().all(|part| matches!(part, Component::Normal(_))) {
        return refuse("an absolute one, or one with `.` or `..`");
    }
    if kind == EntryType::Directory {
        return Ok(None);
    }
    if !matches!(kind, EntryType::Regular | EntryType::Continuous) {
        return Err(ArchiveError::MemberKind { member, found: describe(kind) });
    }
    let from = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
    let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
    let content = from.checked_add(size).and_then(|to| bytes.get(from..to));
    let Some(content) = content else {
        let found = bytes.len().saturating_sub(from);
        let message = format!("member `{member}`: expected {size} bytes, found {found}");
        return Err(ArchiveError::Tar { message });
    };
    Ok(Some((member, content.to_vec())))
}

fn describe(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Link | EntryType::Symlink => "a link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a pipe",
        EntryType::GNUSparse => "a sparse file",
        _ => "something else",
    }
}

#[allow(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
fn tar_error(error: std::io::Error) -> ArchiveError {
    ArchiveError::Tar { message: error.to_string() }
}

/// Writes members in their order: same members, same bytes, on any machine and at any time.
///
/// With `root` the archive begins with an entry for its root directory, as Python's `tarfile` writes it.
///
/// # Errors
/// If a member is too large for the format.
pub fn write_members(members: &Members, level: u32, root: bool) -> Result<Vec<u8>, ArchiveError> {
    let mut builder = Builder::new(GzBuilder::new().mtime(0).write(Vec::new(), Compression::new(level)));
    if root {
        let mut header = plain_header(0, 0o700);
        header.set_entry_type(EntryType::Directory);
        header.as_old_mut().name[0] = b'/';
        header.set_cksum();
        builder.append(&header, std::io::empty()).map_err(tar_error)?;
    }
    for (name, content) in members {
        let mut header = plain_header(content.len() as u64, 0o644);
        builder.append_data(&mut header, name, content.as_slice()).map_err(tar_error)?;
    }
    let mut encoder = builder.into_inner().map_err(tar_error)?;
    encoder.flush().map_err(|cause| ArchiveError::Gzip { cause })?;
    encoder.finish().map_err(|cause| ArchiveError::Gzip { cause })
}

fn plain_header(size: u64, mode: u32) -> Header {
    let mut header = Header::new_ustar();
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}
