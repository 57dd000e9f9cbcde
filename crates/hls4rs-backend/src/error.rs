//! Errors of specialization.

use thiserror::Error;

/// Why a graph cannot be specialized.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpecializeError {
    /// The configuration names a backend that is not known.
    #[error("configuration: `Backend`: expected one of {expected}, found `{found}`")]
    UnknownBackend {
        /// The names there are.
        expected: String,
        /// The name found.
        found: String,
    },
    /// The configuration names an unknown way of passing data.
    #[error("configuration: `IOType`: expected `io_parallel` or `io_stream`, found `{found}`")]
    UnknownIoType {
        /// The name found.
        found: String,
    },
}
