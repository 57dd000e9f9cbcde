//! Files of arrays: `.npy` with one, `.npz` with several.

use std::fs;
use std::path::Path;

use hls4rs_archive::{ArchiveError, read_npy, read_npz, write_bytes, write_npy, write_npz};
use hls4rs_types::Tensor;
use indexmap::IndexMap;
use thiserror::Error;

/// What is wrong with a file of arrays.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArrayFileError {
    /// The file cannot be read or written, or is no file of arrays.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The name ends neither in `.npy` nor in `.npz`.
    #[error("{path}: expected a name that ends in `.npy` or `.npz`")]
    Extension {
        /// The file.
        path: String,
    },
    /// An input of the model is not in the file.
    #[error("input `{input}`: expected an array of this name, or `x{number}`, found {found}")]
    Missing {
        /// Name of the input.
        input: String,
        /// Its number.
        number: usize,
        /// The names found.
        found: String,
    },
    /// Several arrays for a file that holds one.
    #[error("{path}: expected a name that ends in `.npz` for {count} arrays")]
    TooMany {
        /// The file.
        path: String,
        /// Number of arrays.
        count: usize,
    },
}

/// The arrays of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrays {
    /// The one of an `.npy` file.
    One(Tensor),
    /// Those of an `.npz` file, by name.
    Named(IndexMap<String, Tensor>),
}

impl Arrays {
    /// Reads a file.
    ///
    /// # Errors
    /// If the file cannot be read, or is neither `.npy` nor `.npz`.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ArrayFileError> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let bytes = || fs::read(path).map_err(|cause| ArchiveError::Io { path: path.to_owned(), cause });
        match extension(path) {
            Some("npy") => Ok(Self::One(read_npy(&shown, &bytes()?)?)),
            Some("npz") => Ok(Self::Named(read_npz(&shown, &bytes()?)?)),
            _ => Err(ArrayFileError::Extension { path: shown }),
        }
    }

    /// The arrays for a model's inputs, in order: each by the input's name, else by `x` and its number. The one array of an
    /// `.npy` file is the first input.
    ///
    /// # Errors
    /// If there is no array for an input.
    pub fn into_inputs(self, names: &[&str]) -> Result<Vec<Tensor>, ArrayFileError> {
        let mut arrays = match self {
            Self::One(array) if names.len() == 1 => return Ok(vec![array]),
            Self::One(array) => IndexMap::from([("x0".to_owned(), array)]),
            Self::Named(arrays) => arrays,
        };
        let found = match arrays.is_empty() {
            true => "none".to_owned(),
            false => arrays.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        names
            .iter()
            .enumerate()
            .map(|(number, name)| {
                let array = arrays.swap_remove(*name).or_else(|| arrays.swap_remove(&format!("x{number}")));
                array.ok_or_else(|| ArrayFileError::Missing {
                    input: (*name).to_owned(),
                    number,
                    found: found.clone(),
                })
            })
            .collect()
    }
}

/// Writes arrays to an `.npz` file, or one array to an `.npy` file. The file is replaced at once.
///
/// # Errors
/// If the file cannot be written, or the name does not fit the number of arrays.
pub fn save_arrays<'a>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (&'a str, &'a Tensor)>,
) -> Result<(), ArrayFileError> {
    let path = path.as_ref();
    let shown = path.display().to_string();
    let arrays: Vec<_> = arrays.into_iter().collect();
    let bytes = match (extension(path), arrays.as_slice()) {
        (Some("npz"), _) => write_npz(&shown, arrays)?,
        (Some("npy"), [(_, array)]) => write_npy(&shown, array)?,
        (Some("npy"), _) => return Err(ArrayFileError::TooMany { path: shown, count: arrays.len() }),
        _ => return Err(ArrayFileError::Extension { path: shown }),
    };
    Ok(write_bytes(path, &bytes)?)
}

fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(|extension| extension.to_str())
}
