//! Why an archive cannot be read or written.

use std::io;
use std::path::PathBuf;

use hls4rs_graph::GraphError;
use hls4rs_layers::LayerError;
use hls4rs_types::{DType, TensorError};

use crate::one_line::one_line;
use crate::{KindFault, Limit, ManifestFault, NameFault};

/// Why an archive cannot be read or written, as one whole sentence: place first, causes part of the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file system refuses.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file is not gzip, or ends early, or is damaged.
    #[error("gzip: expected a whole stream, found: {cause}")]
    Gzip {
        /// Why.
        cause: io::Error,
    },
    /// The archive cannot be written.
    #[error("the archive cannot be written: {cause}")]
    Write {
        /// Why.
        cause: io::Error,
    },
    /// The decompressed stream is not a tar archive, or ends early.
    #[error("tar: {}", one_line(message))]
    Tar {
        /// What is wrong.
        message: String,
    },
    /// A member is neither a plain file nor a directory.
    #[error("member `{member}`: expected a plain file, found {found}")]
    MemberKind {
        /// Name of the member.
        member: String,
        /// What it is.
        found: KindFault,
    },
    /// A member's name is not that of a file inside the archive.
    #[error("member `{member}`: expected a relative name without `..`, found {found}")]
    MemberName {
        /// The name, with what cannot be printed replaced.
        member: String,
        /// What is wrong with it.
        found: NameFault,
    },
    /// Something other than zeros follows the end of the tar archive.
    #[error("tar: expected nothing but zeros behind the last member, found other data")]
    TrailingData,
    /// Something is larger than a reader takes.
    #[error(
        "{}: expected at most {allowed} {limit}, found {} (limit `{}`)",
        one_line(place),
        beyond(*limit, *found),
        limit.field()
    )]
    Limit {
        /// File, member or array.
        place: String,
        /// Which limit.
        limit: Limit,
        /// The limit.
        allowed: u64,
        /// What was found so far.
        found: u64,
    },
    /// A member is not what the archive's manifest says.
    #[error("member `{}`: {}", one_line(member), one_line(fault))]
    Manifest {
        /// Name of the member.
        member: String,
        /// How it differs.
        fault: ManifestFault,
    },
    /// The header of an array and its data disagree.
    #[error(
        "array `{}`: shape {shape:?} of {dtype}: expected {expected} bytes of data, found {found}",
        one_line(member)
    )]
    ArraySize {
        /// Name of the member.
        member: String,
        /// The dimensions by the header.
        shape: Vec<usize>,
        /// Type of the elements by the header.
        dtype: DType,
        /// How many bytes these are.
        expected: String,
        /// How many bytes there are.
        found: u64,
    },
    /// Two members have the same name.
    #[error("member `{}`: occurs twice", one_line(member))]
    DuplicateMember {
        /// The name.
        member: String,
    },
    /// A member that every archive has is not there.
    #[error("member `{member}`: expected in every archive, found none")]
    MissingMember {
        /// The name.
        member: String,
    },
    /// A layer refers to an array that is not there.
    #[error(
        "{}: refers to the array `{}`, which the archive does not hold",
        one_line(place),
        one_line(member)
    )]
    MissingArray {
        /// Layer and attribute.
        place: String,
        /// Name of the array.
        member: String,
    },
    /// A member is not the JSON that it should be.
    #[error("member `{}`: {}", one_line(member), one_line(message))]
    Json {
        /// Name of the member.
        member: String,
        /// What is wrong, and where.
        message: String,
    },
    /// An array cannot be read.
    #[error("array `{}`: {}", one_line(member), one_line(message))]
    Array {
        /// Name of the member.
        member: String,
        /// What is wrong.
        message: String,
    },
    /// The archive is of a version that is not known.
    #[error("member `{member}`: `{key}`: expected {expected}, found `{}`", one_line(found))]
    Version {
        /// Name of the member.
        member: &'static str,
        /// Which version.
        key: &'static str,
        /// What is known.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A layer holds something that its kind does not.
    #[error("member `model_arch.json`: {} ({}): {}", one_line(layer), one_line(kind), one_line(cause))]
    Layer {
        /// Name of the layer.
        layer: String,
        /// Class of the layer, without module.
        kind: String,
        /// What is wrong.
        cause: Box<LayerError>,
    },
    /// The layers do not make a graph.
    #[error("member `model_arch.json`: {}", one_line(cause))]
    Graph {
        /// What is wrong.
        cause: GraphError,
    },
    /// Testbench data does not fit the model.
    #[error("{}: {}", one_line(place), one_line(message))]
    Testbench {
        /// The file or member.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A text would be taken for a reference to an array.
    #[error("{}: a text may not begin with `@ndarray:`, found `{}`", one_line(place), one_line(text))]
    ReservedText {
        /// Layer and attribute.
        place: String,
        /// The text.
        text: String,
    },
}

/// Streams are not read on beyond a limit, so that it is not known how much there is.
fn beyond(limit: Limit, found: u64) -> String {
    match limit {
        Limit::Unpacked | Limit::Ratio | Limit::Members | Limit::TotalElements => format!("{found} or more"),
        _ => found.to_string(),
    }
}

impl From<GraphError> for ArchiveError {
    fn from(cause: GraphError) -> Self {
        Self::Graph { cause }
    }
}

impl ArchiveError {
    pub(crate) fn json(member: &str, message: impl ToString) -> Self {
        Self::Json { member: member.to_owned(), message: message.to_string() }
    }

    pub(crate) fn array(member: &str, message: impl ToString) -> Self {
        Self::Array { member: member.to_owned(), message: message.to_string() }
    }

    /// The error for an array whose elements could not be loaded. The message of a loader tells the place already.
    pub(crate) fn loading(member: &str, error: TensorError) -> Self {
        let message = error.to_string();
        let own = format!("array `{member}`: ");
        Self::array(member, message.strip_prefix(&own).unwrap_or(&message))
    }

    /// What a user can do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Gzip { .. } | Self::Tar { .. } => {
                Some("the file is damaged or cut short: fetch or save it again")
            }
            Self::TrailingData => Some("hls4ml writes no such archive: do not trust the file"),
            Self::Limit { .. } => {
                Some("if you trust the file, raise the limit: `--limit NAME=N`, or `ReadLimits` in a program")
            }
            Self::Manifest { .. } => Some(
                "somebody changed the archive without its manifest: fetch or save it again, or take `hls4rs/manifest.json` out of it",
            ),
            Self::MissingMember { .. } => {
                Some("this is no archive of hls4ml's `ModelGraph.save`, or a part is missing")
            }
            Self::MissingArray { .. } => Some("a part of the archive is missing: save the model again"),
            Self::Version { .. } => Some("use a version of hls4rs that knows this version"),
            Self::MemberKind { .. } | Self::MemberName { .. } | Self::DuplicateMember { .. } => {
                Some("hls4ml writes no such member: do not trust the file")
            }
            _ => None,
        }
    }
}
