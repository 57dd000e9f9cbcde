//! A file with a model, opened as far as anybody needs it.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use hls4rs_types::Tensor;
use rayon::prelude::*;

use crate::contents::{Content, Contents, array_of, from_members, read_contents};
use crate::gzip::{Blocks, Source};
use crate::limits::Limit;
use crate::{
    ArchiveError, Manifest, ManifestCheck, ManifestFault, Members, Model, ReadOptions, Version, Warning,
    decode, manifest, member, migrate,
};

/// Files up to this size are read whole: that is faster than to look for the parts that are needed. In bytes.
const SMALL: u64 = 1 << 20;

/// An opened archive: documents and small members are here, large arrays still in the file.
///
/// Files of hls4rs have an index (see the specification), so that opening costs the same whatever the size of the weights.
/// Files of hls4ml are one stream, which is unpacked whole.
///
/// ```no_run
/// use hls4rs_archive::Archive;
///
/// let archive = Archive::open("model.fml")?;
/// let kernel = archive.array("fc1_weight_data.npy")?;
/// println!("{:?} of {}", kernel.shape(), kernel.dtype());
/// println!("{} zeros", kernel.len() - kernel.count_nonzero()?);
/// let model = archive.into_model()?;
/// println!("{}", model.graph);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Archive {
    contents: Contents,
    manifest: Option<Manifest>,
    version: Version,
    warnings: Vec<Warning>,
    options: ReadOptions,
    is_indexed: bool,
    /// Size of the file.
    packed: u64,
}

impl Archive {
    /// Opens a file, with the default [`ReadOptions`].
    ///
    /// # Errors
    /// If the file cannot be read, or is no archive; the error names the member.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ArchiveError> {
        Self::open_with(path, &ReadOptions::default())
    }

    /// Opens a file.
    ///
    /// # Errors
    /// If the file cannot be read, or is no archive; the error names the member.
    pub fn open_with(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self, ArchiveError> {
        let path = path.as_ref();
        let fail = |cause| ArchiveError::Io { path: path.to_owned(), cause };
        let file = File::open(path).map_err(fail)?;
        let length = file.metadata().map_err(fail)?.len();
        options.limits.check(Limit::Compressed, length, || "gzip".to_owned())?;
        let source = if length <= SMALL {
            drop(file);
            Source::Bytes(Arc::new(fs::read(path).map_err(fail)?))
        } else {
            Source::file(file).map_err(fail)?
        };
        Self::from_source(source, options)
    }

    /// Opens the bytes of an archive.
    ///
    /// # Errors
    /// If the bytes are no archive; the error names the member.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>, options: &ReadOptions) -> Result<Self, ArchiveError> {
        Self::from_source(Source::Bytes(Arc::new(bytes.into())), options)
    }

    fn from_source(source: Source, options: &ReadOptions) -> Result<Self, ArchiveError> {
        options.limits.check(Limit::Compressed, source.len(), || "gzip".to_owned())?;
        let source = Arc::new(source);
        let blocks = Blocks::find(&source, &options.limits)?.map(Arc::new);
        let contents = read_contents(&source, blocks.as_ref(), &options.limits)?;
        Self::from_contents(contents, blocks.is_some(), source.len(), options)
    }

    /// Opens members that are in memory.
    ///
    /// # Errors
    /// If a member that every archive has is missing, the version is not known, or a manifest is not about these members.
    pub fn from_members(members: Members, options: &ReadOptions) -> Result<Self, ArchiveError> {
        let size = members.values().map(|bytes| bytes.len() as u64).sum();
        Self::from_contents(from_members(members), false, size, options)
    }

    fn from_contents(
        mut contents: Contents,
        is_indexed: bool,
        packed: u64,
        options: &ReadOptions,
    ) -> Result<Self, ArchiveError> {
        let mut warnings = Vec::new();
        let manifest = match contents.shift_remove(member::MANIFEST) {
            Some(content) => {
                let bytes = content.into_bytes(member::MANIFEST)?;
                Some(migrate::manifest(&bytes, &options.limits, &mut warnings)?)
            }
            None => None,
        };
        let version: Version = decode::document(&contents, member::VERSION, &options.limits)?;
        version.check(&mut warnings)?;
        let options = options.clone();
        let archive = Self { contents, manifest, version, warnings, options, is_indexed, packed };
        archive.check_manifest()?;
        Ok(archive)
    }

    /// Names and sizes of all members, and the content of the documents.
    fn check_manifest(&self) -> Result<(), ArchiveError> {
        let Some(manifest) = &self.manifest else { return Ok(()) };
        if self.options.manifest == ManifestCheck::Nothing {
            return Ok(());
        }
        let refuse = |(member, fault)| Err(ArchiveError::Manifest { member, fault });
        if let Some(fault) = manifest.compare_sizes(&self.sizes()).into_iter().next() {
            return refuse(fault);
        }
        for (name, content) in &self.contents {
            let is_wanted = self.options.manifest == ManifestCheck::Everything
                || member::DOCUMENTS.contains(&name.as_str());
            if let Some(fault) = is_wanted.then(|| manifest.compare(name, content)).transpose()?.flatten() {
                return refuse((name.clone(), fault));
            }
        }
        Ok(())
    }

    fn sizes(&self) -> indexmap::IndexMap<String, u64> {
        self.members().map(|(name, size)| (name.to_owned(), size)).collect()
    }

    /// The versions that the archive names.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// What the archive says of itself; nothing if hls4ml wrote it.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// What a user should know before trusting the model.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Whether single arrays can be read without the rest.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        self.is_indexed
    }

    /// Names of the members but the manifest, in order, with their sizes in bytes.
    pub fn members(&self) -> impl Iterator<Item = (&str, u64)> {
        self.contents.iter().map(|(name, content)| (name.as_str(), content.size()))
    }

    /// The bytes of a member; nothing if there is no such member.
    ///
    /// # Errors
    /// If it is an array that cannot be loaded.
    pub fn member(&self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.contents.get(name).map(|content| content.clone().into_bytes(name)).transpose()
    }

    /// The array in a member. Its elements are loaded when they are needed.
    ///
    /// # Errors
    /// If there is no such member, or it is no array.
    pub fn array(&self, name: &str) -> Result<Tensor, ArchiveError> {
        let content = self.contents.get(name);
        let content = content.ok_or_else(|| ArchiveError::MissingMember { member: name.to_owned() })?;
        array_of(name, content, &self.options.limits)
    }

    /// Loads all arrays, in parallel.
    ///
    /// # Errors
    /// If one of them cannot be loaded.
    pub fn load(&self) -> Result<(), ArchiveError> {
        let load = |(name, tensor): (&String, &Tensor)| {
            tensor.load().map_err(|error| ArchiveError::loading(name, error))
        };
        let arrays = self.contents.iter().filter_map(|(name, content)| match content {
            Content::Array(tensor) if !tensor.is_loaded() => Some((name, tensor)),
            _ => None,
        });
        let arrays: Vec<_> = arrays.collect();
        if arrays.is_empty() { Ok(()) } else { arrays.into_par_iter().try_for_each(load) }
    }

    /// Looks at every byte: all members that are not what the manifest says, with what is wrong. Nothing without
    /// a manifest; then arrays are read and nothing else.
    ///
    /// # Errors
    /// If an array cannot be loaded at all.
    pub fn check(&self) -> Result<Vec<(String, ManifestFault)>, ArchiveError> {
        self.load()?;
        let Some(manifest) = &self.manifest else { return Ok(Vec::new()) };
        let mut faults = manifest.compare_sizes(&self.sizes());
        let compare = |(name, content): (&String, &Content)| {
            Ok(manifest.compare(name, content)?.map(|fault| (name.clone(), fault)))
        };
        let compared: Result<Vec<_>, ArchiveError> = self.contents.par_iter().map(compare).collect();
        faults.extend(compared?.into_iter().flatten());
        Ok(faults)
    }

    /// What would have to change in the documents to bring them up to date; nothing if they are.
    ///
    /// # Errors
    /// If a document is no JSON.
    pub fn migrations(&self) -> Result<Vec<migrate::Change>, ArchiveError> {
        decode::migrations(&self.contents, &self.version, &self.options.limits)
    }

    /// The model. Its arrays are loaded when they are needed; call [`Archive::load`] before to have them all now.
    ///
    /// # Errors
    /// If members are missing or not what they should be; the error names the member or layer.
    pub fn into_model(self) -> Result<Model, ArchiveError> {
        let provenance = match self.manifest {
            Some(manifest) => manifest.provenance,
            None => {
                let tool = manifest::Tool::new("hls4ml", self.version.hls4ml.clone());
                vec![manifest::Step::new("saved", tool)]
            }
        };
        decode::decode(self.contents, self.version, provenance, &self.options, self.packed)
    }
}
