//! A model as an archive holds it.

use std::fs;
use std::path::Path;

use hls4rs_graph::ModelGraph;

use crate::{
    ArchiveError, Members, ReadOptions, SaveOptions, Version, decode, encode, read_members, save,
    write_members,
};

/// A model as an archive holds it: the graph, the versions, and whatever else was in the archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The layers and their configuration.
    pub graph: ModelGraph,
    /// The versions that the archive names.
    pub version: Version,
    /// Members that are not part of the graph: testbench data, and those that this version does not know.
    pub extra: Members,
}

impl Model {
    /// A model that was not read from an archive.
    #[must_use]
    pub fn new(graph: ModelGraph) -> Self {
        Self { graph, version: Version::default(), extra: Members::new() }
    }

    /// Reads a model from a file, with the default [`ReadOptions`].
    ///
    /// # Errors
    /// If the file cannot be read, or is no archive; the error names the member or layer.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ArchiveError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|cause| ArchiveError::Io { path: path.to_owned(), cause })?;
        Self::from_bytes(&bytes, &ReadOptions::default())
    }

    /// Reads a model from the bytes of an archive.
    ///
    /// # Errors
    /// If the bytes are no archive; the error names the member or layer.
    pub fn from_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Self, ArchiveError> {
        Self::from_members(read_members(bytes)?, options)
    }

    /// Reads a model from the members of an archive.
    ///
    /// # Errors
    /// If members are missing or not what they should be; the error names the member or layer.
    pub fn from_members(members: Members, options: &ReadOptions) -> Result<Self, ArchiveError> {
        decode::decode(members, options)
    }

    /// The members of the model's archive.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot.
    pub fn to_members(&self, options: &SaveOptions) -> Result<Members, ArchiveError> {
        encode::encode(self, options)
    }

    /// The bytes of the model's archive.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot.
    pub fn to_bytes(&self, options: &SaveOptions) -> Result<Vec<u8>, ArchiveError> {
        write_members(&self.to_members(options)?, options.level, options.verbatim)
    }

    /// Writes the model to a file with the default [`SaveOptions`], repaired for hls4ml 1.3.0. A file that exists is either
    /// replaced by the whole new one or stays as it is.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ArchiveError> {
        self.save_with(path, &SaveOptions::default())
    }

    /// Writes the model to a file with these options.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot, or the file cannot be written.
    pub fn save_with(&self, path: impl AsRef<Path>, options: &SaveOptions) -> Result<(), ArchiveError> {
        save::replace_file(path.as_ref(), &self.to_bytes(options)?, options.durable)
    }
}
