//! Why one operation cannot be converted.

/// Why an operation of a source cannot be converted, and what to do about it. The importer adds the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of finding.
    pub id: &'static str,
    /// What was expected, and what was found.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Problem {
    /// An operation that is set up in a way that no layer computes.
    #[must_use]
    pub fn unsupported(message: impl ToString, help: impl ToString) -> Self {
        Self { id: "unsupported-attribute", message: message.to_string(), help: help.to_string() }
    }

    /// Something that the format demands and that is not there.
    #[must_use]
    pub fn malformed(message: impl ToString, help: impl ToString) -> Self {
        Self { id: "malformed-source", message: message.to_string(), help: help.to_string() }
    }
}
