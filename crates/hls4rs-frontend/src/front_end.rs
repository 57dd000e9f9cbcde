//! What a front end is.

use std::io;
use std::path::{Path, PathBuf};

use hls4rs_types::Attributes;
use thiserror::Error;

use crate::Findings;
use crate::names::one_line;

/// A file to import: its path, and its bytes.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Where it is; files beside it may belong to it.
    pub path: PathBuf,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What a front end makes of a source: the layers, and what it found on the way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// One map per layer, in order.
    pub layers: Vec<Attributes>,
    /// Names of the input layers; the first layer, if not given.
    pub inputs: Option<Vec<String>>,
    /// Names of the layers that make the outputs; the last layer, if not given.
    pub outputs: Option<Vec<String>>,
    /// Whatever a user should know. With errors among it, the layers are not all there.
    pub findings: Findings,
}

/// Why a source cannot be read at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be read.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is not of its format.
    #[error("{}: expected {expected}, found {found}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
}

impl SourceFile {
    /// Reads a file of at most so many bytes.
    ///
    /// # Errors
    /// If it cannot be read, or is larger.
    pub fn open(path: &Path, most: u64) -> Result<Self, SourceError> {
        let fail = |cause| SourceError::Io { path: path.to_owned(), cause };
        let length = std::fs::metadata(path).map_err(fail)?.len();
        if length > most {
            return Err(SourceError::Malformed {
                path: path.to_owned(),
                expected: format!("at most {most} bytes"),
                found: format!("{length}"),
            });
        }
        Ok(Self { path: path.to_owned(), bytes: std::fs::read(path).map_err(fail)? })
    }

    /// The error of a file that is not of its format.
    #[must_use]
    pub fn malformed(&self, expected: impl ToString, found: impl ToString) -> SourceError {
        SourceError::Malformed {
            path: self.path.clone(),
            expected: one_line(&expected.to_string()),
            found: one_line(&found.to_string()),
        }
    }
}

/// An importer of one source format.
pub trait FrontEnd: Sync {
    /// The name of the format: `onnx`.
    fn name(&self) -> &'static str;

    /// Endings of its files, without the dot.
    fn extensions(&self) -> &'static [&'static str];

    /// Names of the operations that it converts, in order.
    fn operations(&self) -> Vec<&'static str>;

    /// Reads a source. `options` are those of the conversion, `HLSConfig` among them.
    ///
    /// # Errors
    /// If the file is not of the format. What cannot be converted is among the findings.
    fn import(&self, source: &SourceFile, options: &Attributes) -> Result<Imported, SourceError>;
}
