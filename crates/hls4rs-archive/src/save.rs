//! Replacing a file at once.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

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
    let (target, former) = match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => (fs::canonicalize(path)?, Some(fs::metadata(path)?.permissions())),
        Ok(found) => (path.to_owned(), Some(found.permissions())),
        Err(_) => (path.to_owned(), None),
    };
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // looked at first, because the errors below name the sibling, which nobody knows
    if !fs::metadata(directory)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let mut builder = Builder::new();
    builder.prefix(".hls4rs-").suffix(".tmp");
    #[cfg(unix)]
    if former.is_none() {
        // what any new file gets; one that replaces another is its owner's alone until it has the other's permissions
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut sibling = builder.tempfile_in(directory)?;
    if let Some(permissions) = former {
        sibling.as_file().set_permissions(permissions)?;
    }
    sibling.as_file_mut().write_all(bytes)?;
    if durable {
        sibling.as_file().sync_all()?;
    }
    sibling.persist(&target).map_err(|error| error.error)?;
    if durable { sync_directory(directory) } else { Ok(()) }
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
