//! Replacing a file at once.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::ArchiveError;

/// What is asked of the file system, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Create,
    Permissions,
    Write,
    Sync,
    Rename,
    SyncDirectory,
}

/// Is asked before each operation, so that tests can let any of them fail.
type Gate<'a> = &'a (dyn Fn(Operation) -> io::Result<()> + Sync);

/// Writes a file under a name of its own.
type Content<'a> = &'a mut dyn FnMut(&mut (dyn Write + Send)) -> io::Result<()>;

/// Replaces a file at once: readers, and a program that fails, see either the old file or the new one.
///
/// # Errors
/// If any of it fails; then the old file is as it was.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    replace_file(path, false, &mut |out| out.write_all(bytes))
}

/// Writes a sibling and gives it the file's name: readers, and a program that fails, see either the old file or the new
/// one. With `durable` the sibling is brought to the disk before, so that the same holds for a machine that fails.
///
/// # Errors
/// If any of it fails; then the old file is as it was and the sibling is gone.
pub(crate) fn replace_file(path: &Path, durable: bool, content: Content<'_>) -> Result<(), ArchiveError> {
    replace(path, durable, content, &|_| Ok(()))
        .map_err(|cause| ArchiveError::Io { path: path.to_owned(), cause })
}

fn replace(path: &Path, durable: bool, content: Content<'_>, gate: Gate<'_>) -> io::Result<()> {
    let mut sibling = Sibling::create(path, gate)?;
    content(&mut Gated { file: &mut sibling.file, gate })?;
    if durable {
        gate(Operation::Sync)?;
        sibling.file.as_file().sync_all()?;
    }
    gate(Operation::Rename)?;
    let Sibling { file, target, directory } = sibling;
    file.persist(&target).map_err(|error| error.error)?;
    if durable {
        gate(Operation::SyncDirectory)?;
        sync_directory(&directory)?;
    }
    Ok(())
}

/// A new file beside the one whose name it gets when it is whole; dropped before, it is gone.
#[derive(Debug)]
pub(crate) struct Sibling {
    pub(crate) file: NamedTempFile,
    pub(crate) target: PathBuf,
    directory: PathBuf,
}

impl Sibling {
    /// A sibling of a file that may be there already.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        Self::create(path, &|_| Ok(()))
    }

    fn create(path: &Path, gate: Gate<'_>) -> io::Result<Self> {
        let (target, former) = match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => {
                (fs::canonicalize(path)?, Some(fs::metadata(path)?.permissions()))
            }
            Ok(found) => (path.to_owned(), Some(found.permissions())),
            Err(_) => (path.to_owned(), None),
        };
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        // looked at first, because the errors below name the sibling, which nobody knows
        if !fs::metadata(&directory)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        gate(Operation::Create)?;
        let mut builder = Builder::new();
        builder.prefix(".hls4rs-").suffix(".tmp");
        #[cfg(unix)]
        if former.is_none() {
            // what any new file gets; one that replaces another is its owner's alone until it has the other's permissions
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        let file = builder.tempfile_in(&directory)?;
        if let Some(permissions) = former {
            gate(Operation::Permissions)?;
            file.as_file().set_permissions(permissions)?;
        }
        Ok(Self { file, target, directory })
    }
}

/// A file whose writes pass the gate. What does not pass is written by half, as on a disk that is full.
struct Gated<'a> {
    file: &'a mut NamedTempFile,
    gate: Gate<'a>,
}

impl Write for Gated<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match (self.gate)(Operation::Write) {
            Ok(()) => self.file.as_file_mut().write(bytes),
            Err(error) => {
                self.file.as_file_mut().write_all(bytes.get(..bytes.len() / 2).unwrap_or_default())?;
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::contents::{Content as MemberContent, Contents};
    use crate::write::write_contents;
    use crate::{Members, read_members};

    /// Members in several blocks, some of them of noise.
    fn contents(seed: u32) -> Contents {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let noise: Vec<u8> = (0..700_000).map(|_| next()).collect();
        let zeros = vec![0; 300_000];
        [("noise", noise), ("small", vec![1, 2, 3]), ("zeros", zeros)]
            .map(|(name, bytes)| (name.to_owned(), MemberContent::Bytes(bytes)))
            .into()
    }

    fn save(path: &Path, seed: u32, durable: bool, gate: Gate<'_>) -> io::Result<()> {
        let contents = contents(seed);
        replace(path, durable, &mut |out| write_contents(&contents, 5, false, out), gate)
    }

    fn read(path: &Path) -> Members {
        read_members(&fs::read(path).unwrap()).unwrap()
    }

    /// Counts the operations of one save, then lets each of them fail in turn.
    fn inject(is_new: bool, durable: bool) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.fml");
        if !is_new {
            save(&path, 1, false, &|_| Ok(())).unwrap();
        }
        let before = path.exists().then(|| fs::read(&path).unwrap());
        let count = AtomicUsize::new(0);
        let elsewhere = folder.path().join("count.fml");
        if !is_new {
            fs::copy(&path, &elsewhere).unwrap();
        }
        let counting = |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        save(&elsewhere, 2, durable, &counting).unwrap();
        let (after, count) = (read(&elsewhere), count.into_inner());
        fs::remove_file(&elsewhere).unwrap();
        for failing in 0..count {
            let at = AtomicUsize::new(0);
            let failed = std::sync::Mutex::new(None);
            let gate = |operation| {
                if at.fetch_add(1, Ordering::Relaxed) < failing {
                    return Ok(());
                }
                *failed.lock().unwrap() = Some(operation);
                Err(io::ErrorKind::StorageFull.into())
            };
            let error = save(&path, 2, durable, &gate).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            if failed.lock().unwrap().unwrap() == Operation::SyncDirectory {
                // the new file has its name already: it is whole
                assert_eq!(read(&path), after);
                continue;
            }
            assert_eq!(path.exists().then(|| fs::read(&path).unwrap()), before, "operation {failing}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), usize::from(!is_new), "{failing}");
        }
        count
    }

    #[test]
    fn a_failure_at_any_moment_leaves_the_old_file_whole() {
        // create, permissions, seven blocks, two syncs, rename
        assert_eq!(inject(false, true), 12);
        assert_eq!(inject(false, false), 10);
    }

    #[test]
    fn a_failure_at_any_moment_leaves_no_new_file() {
        assert_eq!(inject(true, true), 11);
        assert_eq!(inject(true, false), 9);
    }
}
