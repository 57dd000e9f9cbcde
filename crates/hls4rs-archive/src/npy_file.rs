//! `.npy` files whose elements come piece by piece.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hls4rs_types::{DType, Order, Tensor};
use tempfile::TempPath;

use crate::ArchiveError;
use crate::npy::npy_header;
use crate::save::Sibling;

/// Writes an array in C order to an `.npy` file, some elements at a time.
///
/// The file has its name when it is finished, and replaces one that had it before at once. Many can be written at the same
/// time: a file is open only while something is written to it.
///
/// ```no_run
/// use hls4rs_archive::NpyFile;
/// use hls4rs_types::{DType, Tensor};
///
/// let mut file = NpyFile::create("y.npy", DType::F32, &[4, 2])?;
/// for _ in 0..2 {
///     file.append(&Tensor::zeros(&[2, 2]).unwrap())?;
/// }
/// file.finish()?;
/// # Ok::<(), hls4rs_archive::ArchiveError>(())
/// ```
#[derive(Debug)]
pub struct NpyFile {
    sibling: TempPath,
    target: PathBuf,
    dtype: DType,
    /// Elements that are still to come.
    left: usize,
    bytes: Vec<u8>,
}

impl NpyFile {
    /// A file for an array of this element type and shape.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(path: impl AsRef<Path>, dtype: DType, shape: &[usize]) -> Result<Self, ArchiveError> {
        let path = path.as_ref();
        let create = || -> io::Result<(TempPath, PathBuf)> {
            let Sibling { mut file, target, .. } = Sibling::of(path)?;
            file.write_all(&npy_header(dtype, Order::C, shape))?;
            Ok((file.into_temp_path(), target))
        };
        let (sibling, target) =
            create().map_err(|cause| ArchiveError::Io { path: path.to_owned(), cause })?;
        let left = shape.iter().product();
        Ok(Self { sibling, target, dtype, left, bytes: Vec::new() })
    }

    /// Adds elements.
    ///
    /// # Errors
    /// If they are of another type or too many, cannot be loaded, or cannot be written.
    pub fn append(&mut self, elements: &Tensor) -> Result<(), ArchiveError> {
        let member = || self.target.display().to_string();
        let Some(left) = self.left.checked_sub(elements.len()).filter(|_| elements.dtype() == self.dtype)
        else {
            let expected = format!("expected at most {} elements of {}", self.left, self.dtype);
            let message = format!("{expected}, found {} of {}", elements.len(), elements.dtype());
            return Err(ArchiveError::array(&member(), message));
        };
        self.bytes.clear();
        let loaded = elements.append_bytes(0..elements.len(), &mut self.bytes);
        loaded.map_err(|error| ArchiveError::array(&member(), error))?;
        let opened = OpenOptions::new().append(true).open(&self.sibling);
        let written = opened.and_then(|mut file| file.write_all(&self.bytes));
        written.map_err(|cause| ArchiveError::Io { path: self.target.clone(), cause })?;
        self.left = left;
        Ok(())
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// If elements are missing, or the file cannot be renamed.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let Self { sibling, target, left, .. } = self;
        if left > 0 {
            let message = format!("expected {left} more elements, found the end");
            return Err(ArchiveError::array(&target.display().to_string(), message));
        }
        let renamed = sibling.persist(&target);
        renamed.map_err(|error| ArchiveError::Io { path: target, cause: error.error })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::fs;

    use super::*;
    use crate::{read_npy, write_npy};

    fn rows(from: u8, count: u8) -> Tensor {
        let elements: Vec<f32> = (from * 2..(from + count) * 2).map(f32::from).collect();
        Tensor::new(&[count.into(), 2], elements).unwrap()
    }

    #[test]
    fn pieces_make_the_same_file_as_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y.npy");
        fs::write(&path, "old").unwrap();
        let mut file = NpyFile::create(&path, DType::F32, &[5, 2]).unwrap();
        for (from, count) in [(0, 2), (2, 0), (2, 3)] {
            file.append(&rows(from, count)).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"old");
        }
        file.finish().unwrap();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes, write_npy("y", &rows(0, 5)).unwrap());
        assert_eq!(read_npy("y", &bytes).unwrap(), rows(0, 5));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y.npy");
        let mut file = NpyFile::create(&path, DType::F32, &[2, 2]).unwrap();
        let error = file.append(&rows(0, 3)).unwrap_err().to_string();
        assert!(error.ends_with("expected at most 4 elements of float32, found 6 of float32"), "{error}");
        let error = file.append(&Tensor::vector(vec![1f64])).unwrap_err().to_string();
        assert!(error.ends_with("expected at most 4 elements of float32, found 1 of float64"), "{error}");
        file.append(&rows(0, 1)).unwrap();
        let error = file.finish().unwrap_err().to_string();
        assert!(error.ends_with("expected 2 more elements, found the end"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(NpyFile::create(folder.path().join("no/y.npy"), DType::F32, &[1]).is_err());
    }
}
