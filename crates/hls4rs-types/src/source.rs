//! Blocks of generated source code.

use serde::{Deserialize, Serialize};

/// A block of C++ that a backend made for a layer, such as the instructions of a line buffer.
///
/// **Source:** `hls4ml.model.types.Source`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Source {
    /// The text of the block.
    pub code: String,
}

impl Source {
    /// A block with that text.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into() }
    }
}

/// The form in the archive.
#[derive(Serialize, Deserialize)]
#[serde(tag = "class_name", content = "state", deny_unknown_fields)]
enum Wire {
    #[serde(rename = "hls4ml.model.types.Source")]
    Source { code: String },
}

impl From<Wire> for Source {
    fn from(Wire::Source { code }: Wire) -> Self {
        Self { code }
    }
}

impl From<Source> for Wire {
    fn from(Source { code }: Source) -> Self {
        Self::Source { code }
    }
}
