//! A model as an archive holds it.

use std::io::Write;
use std::path::Path;

use hls4rs_graph::{LayerList, ModelGraph};
use hls4rs_types::Attribute;

use crate::write::write_contents;
use crate::{Archive, ArchiveError, Members, ReadOptions, SaveOptions, Step, Version, encode, member, save};

/// A model as an archive holds it: the graph, the versions, and whatever else was in the archive.
///
/// Two models are equal if they hold the same; how they came about makes no difference.
#[derive(Debug, Clone)]
pub struct Model {
    /// The layers and their configuration.
    pub graph: ModelGraph,
    /// The versions that the archive names.
    pub version: Version,
    /// Members that are not part of the graph: testbench data, and those that this version does not know.
    pub extra: Members,
    /// The model as its converter handed it over, if that is known: retargeting starts from it.
    pub source: Option<LayerList>,
    /// How the model came about, first step first. Saving adds its own step; a program that changes the model may
    /// [add one](crate::Step::new), too.
    pub provenance: Vec<Step>,
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.graph == other.graph
            && self.version == other.version
            && self.extra == other.extra
            && self.source == other.source
    }
}

impl Model {
    /// A model that was not read from an archive.
    #[must_use]
    pub fn new(graph: ModelGraph) -> Self {
        Self {
            graph,
            version: Version::default(),
            extra: Members::new(),
            source: None,
            provenance: Vec::new(),
        }
    }

    /// Reads a model from a file, with the default [`ReadOptions`]. All of it: see [`Archive`] for a model that
    /// leaves large arrays in the file until they are needed.
    ///
    /// # Errors
    /// If the file cannot be read, or is no archive; the error names the member or layer.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ArchiveError> {
        Self::open_with(path, &ReadOptions::default())
    }

    /// Reads a model from a file.
    ///
    /// # Errors
    /// If the file cannot be read, or is no archive; the error names the member or layer.
    pub fn open_with(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self, ArchiveError> {
        Self::from_archive(Archive::open_with(path, options)?)
    }

    /// Reads a model from the bytes of an archive.
    ///
    /// # Errors
    /// If the bytes are no archive; the error names the member or layer.
    pub fn from_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Self, ArchiveError> {
        Self::from_archive(Archive::from_bytes(bytes, options)?)
    }

    /// Reads a model from the members of an archive.
    ///
    /// # Errors
    /// If members are missing or not what they should be; the error names the member or layer.
    pub fn from_members(members: Members, options: &ReadOptions) -> Result<Self, ArchiveError> {
        Self::from_archive(Archive::from_members(members, options)?)
    }

    fn from_archive(archive: Archive) -> Result<Self, ArchiveError> {
        archive.load()?;
        archive.into_model()
    }

    /// Loads all arrays of the graph that are still in the file of a lazily opened [`Archive`].
    ///
    /// # Errors
    /// If one of them cannot be loaded; the error names it.
    pub fn load(&self) -> Result<(), ArchiveError> {
        let mut layers = self.graph.layers();
        layers.try_for_each(|(name, layer)| {
            layer.state().attributes.values().try_for_each(|value| load(name, value))
        })?;
        let mut source = self.source.iter().flat_map(|source| &source.layers);
        source.try_for_each(|layer| layer.values().try_for_each(|value| load(member::SOURCE, value)))
    }

    /// The members of the model's archive.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot, or an array cannot be loaded.
    pub fn to_members(&self, options: &SaveOptions) -> Result<Members, ArchiveError> {
        let contents = encode::encode(self, options)?.into_iter();
        contents
            .map(|(name, content)| {
                let bytes = content.into_bytes(&name)?;
                Ok((name, bytes))
            })
            .collect()
    }

    /// The bytes of the model's archive.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot, or an array cannot be loaded.
    pub fn to_bytes(&self, options: &SaveOptions) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        self.write(&mut bytes, options)?;
        Ok(bytes)
    }

    /// Writes the model's archive. Memory is needed for a few blocks, not for the archive.
    ///
    /// # Errors
    /// If the model holds something that an archive cannot, an array cannot be loaded, or the writer refuses.
    pub fn write(&self, out: &mut (impl Write + Send), options: &SaveOptions) -> Result<(), ArchiveError> {
        let contents = encode::encode(self, options)?;
        write_contents(&contents, options.level, options.verbatim, out)
            .map_err(|cause| ArchiveError::Write { cause })
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
    /// If the model holds something that an archive cannot, an array cannot be loaded, or the file cannot be written.
    pub fn save_with(&self, path: impl AsRef<Path>, options: &SaveOptions) -> Result<(), ArchiveError> {
        let contents = encode::encode(self, options)?;
        save::replace_file(path.as_ref(), options.durable, &mut |out| {
            write_contents(&contents, options.level, options.verbatim, out)
        })
    }
}

/// Loads the arrays of an attribute, one after the other: each is unpacked by all cores.
fn load(layer: &str, value: &Attribute) -> Result<(), ArchiveError> {
    let tensor = match value {
        Attribute::Array(tensor) => tensor,
        Attribute::Weight(weight) => &weight.data,
        Attribute::List(values) => return values.iter().try_for_each(|value| load(layer, value)),
        Attribute::Map(map) => return map.values().try_for_each(|value| load(layer, value)),
        Attribute::Object(object) => {
            return object.state.values().try_for_each(|value| load(layer, value));
        }
        _ => return Ok(()),
    };
    tensor.load().map_err(|error| ArchiveError::loading(layer, error))
}
