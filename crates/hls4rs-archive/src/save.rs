//! Replacing a file at once.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::ArchiveError;

/// Writes a sibling and gives it the file's name: readers, and a program that fails, see either the old file or the new
/// one. With `durable` the sibling is brought to the disk before, so that the same holds for a machine that fails.
///
/// # Errors
/// If any of it fails; then the old file is as it was and the sibling is gone.
pub(crate) fn replace_file(path: &Path, bytes: &[u8], durable: bool) -> Result<(), ArchiveError> {
    replace(path, bytes, durable).map_err(|cause| ArchiveError::Io { path: path.to_owned(), cause })
}

fn replace(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut sibling = Builder::new().prefix(".hls4rs-").suffix(".tmp").tempfile_in(&directory)?;
    sibling.write_all(bytes)?;
    set_permissions(sibling.as_file(), &target)?;
    if durable {
        sibling.as_file().sync_all()?;
    }
    sibling.persist(&target).map_err(|error| error.error)?;
    if durable { sync_directory(&directory) } else { Ok(()) }
}

/// The permissions of the file that is replaced, or those that any new file gets.
#[cfg(unix)]
fn set_permissions(file: &File, target: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match fs::metadata(target) {
        Ok(metadata) => file.set_permissions(metadata.permissions()),
        Err(_) => file.set_permissions(fs::Permissions::from_mode(0o644)),
    }
}

#[cfg(not(unix))]
fn set_permissions(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Brings the new name to the disk, where directories can be synced.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
