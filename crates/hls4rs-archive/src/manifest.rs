//! What an archive says of itself: which members it has, what is in them, and how it came about.

use std::fmt::{self, Write};

use hls4rs_types::{Attribute, Attributes, from_attribute, to_attribute};
use indexmap::IndexMap;
use rayon::prelude::*;
use semver::Version as Release;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::contents::{Content, Contents};
use crate::write::for_each_piece;
use crate::{ArchiveError, member, write_json};

/// The version of the manifest that is written: major for what older readers would misread, minor for what they would
/// miss, patch for what makes no difference to them.
pub const MANIFEST_FORMAT: Release = Release::new(1, 0, 0);

/// What `hls4rs/manifest.json` holds. hls4ml does not look at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the manifest's own form, by semantic versioning.
    pub format: Release,
    /// What wrote the archive.
    pub writer: Tool,
    /// All members but the manifest.
    pub members: IndexMap<String, Digest>,
    /// How the archive came about, first step first.
    pub provenance: Vec<Step>,
    /// Whatever else is said.
    #[serde(flatten)]
    pub extra: Attributes,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version, in its own notation.
    pub version: String,
}

impl Tool {
    /// A program.
    #[must_use]
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into() }
    }

    /// This library.
    #[must_use]
    pub fn hls4rs() -> Self {
        Self::new("hls4rs", env!("CARGO_PKG_VERSION"))
    }
}

/// Size and checksum of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// In bytes.
    pub size: u64,
    /// SHA-256 of the content, in 64 hexadecimal digits of lower case.
    pub sha256: String,
}

/// One step of how an archive came about. No host, no user, no time: the same steps give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was done: `converted`, `changed`, `migrated`, `saved`, …
    pub action: String,
    /// What did it.
    #[serde(flatten)]
    pub tool: Tool,
    /// What else is to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {} {}", self.action, self.tool.name, self.tool.version)?;
        self.note.as_ref().map_or(Ok(()), |note| write!(f, " ({note})"))
    }
}

impl Step {
    /// A step of a program.
    #[must_use]
    pub fn new(action: impl Into<String>, tool: Tool) -> Self {
        Self { action: action.into(), tool, note: None }
    }

    /// With something else to be said.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// A member that is not what the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestFault {
    /// The manifest names it, and it is not there.
    Missing,
    /// It is there, and the manifest does not name it.
    Unlisted,
    /// It has another size.
    Size {
        /// As the manifest says.
        expected: u64,
        /// As it is.
        found: u64,
    },
    /// It has another content.
    Content {
        /// SHA-256 that the manifest says.
        expected: String,
        /// SHA-256 of the content.
        found: String,
    },
}

impl fmt::Display for ManifestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("listed in the manifest, but not there"),
            Self::Unlisted => f.write_str("not listed in the manifest"),
            Self::Size { expected, found } => {
                write!(f, "expected {expected} bytes by the manifest, found {found}")
            }
            Self::Content { expected, found } => {
                write!(f, "expected the SHA-256 {expected} by the manifest, found {found}")
            }
        }
    }
}

impl Manifest {
    /// The manifest of contents.
    ///
    /// # Errors
    /// If the elements of an array cannot be loaded.
    pub(crate) fn of(contents: &Contents, provenance: Vec<Step>) -> Result<Self, ArchiveError> {
        let members = digests(contents)?;
        let writer = Tool::hls4rs();
        Ok(Self { format: MANIFEST_FORMAT, writer, members, provenance, extra: Attributes::new() })
    }

    /// The manifest that a tree is, after it was brought up to date.
    pub(crate) fn of_tree(tree: &Attribute) -> Result<Self, ArchiveError> {
        from_attribute(tree).map_err(|error| ArchiveError::json(member::MANIFEST, error))
    }

    /// The bytes of the member.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, ArchiveError> {
        let tree: Attribute =
            to_attribute(self).map_err(|error| ArchiveError::json(member::MANIFEST, error))?;
        Ok(write_json(&tree).into_bytes())
    }

    /// Compares names and sizes with what is there. Cheap: no content is looked at.
    pub(crate) fn compare_sizes(&self, sizes: &IndexMap<String, u64>) -> Vec<(String, ManifestFault)> {
        let mut faults = Vec::new();
        for (name, digest) in &self.members {
            match sizes.get(name) {
                None => faults.push((name.clone(), ManifestFault::Missing)),
                Some(&found) if found != digest.size => {
                    faults.push((name.clone(), ManifestFault::Size { expected: digest.size, found }));
                }
                Some(_) => {}
            }
        }
        let unlisted = sizes.keys().filter(|name| !self.members.contains_key(*name));
        faults.extend(
            unlisted
                .filter(|name| *name != member::MANIFEST)
                .map(|name| (name.clone(), ManifestFault::Unlisted)),
        );
        faults
    }

    /// Compares the content of one member. One of another size is none of its business.
    ///
    /// # Errors
    /// If the elements of an array cannot be loaded.
    pub(crate) fn compare(
        &self,
        name: &str,
        content: &Content,
    ) -> Result<Option<ManifestFault>, ArchiveError> {
        let Some(expected) = self.members.get(name) else { return Ok(None) };
        let found = digest(name, content)?;
        let is_same = found.size != expected.size || found.sha256 == expected.sha256;
        let (expected, found) = (expected.sha256.clone(), found.sha256);
        Ok((!is_same).then_some(ManifestFault::Content { expected, found }))
    }
}

/// Few bytes are not worth waking other threads.
const FEW: usize = 256 * 1024;

fn digests(contents: &Contents) -> Result<IndexMap<String, Digest>, ArchiveError> {
    let of = |(name, content): (&String, &Content)| Ok((name.clone(), digest(name, content)?));
    let size = |content: &Content| match content {
        Content::Bytes(bytes) => bytes.len(),
        Content::Array(tensor) => tensor.len() * tensor.dtype().size(),
    };
    if contents.values().map(size).sum::<usize>() < FEW {
        return contents.iter().map(of).collect();
    }
    let all: Result<Vec<(String, Digest)>, ArchiveError> = contents.par_iter().map(of).collect();
    Ok(all?.into_iter().collect())
}

pub(crate) fn digest(name: &str, content: &Content) -> Result<Digest, ArchiveError> {
    let mut hash = Sha256::new();
    let size = for_each_piece(content, &mut |piece| hash.update(piece))
        .map_err(|error| ArchiveError::array(name, error))?;
    let mut sha256 = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(sha256, "{byte:02x}");
    }
    Ok(Digest { size, sha256 })
}
