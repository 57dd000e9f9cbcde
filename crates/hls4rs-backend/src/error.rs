//! Errors of specialization.

use hls4rs_graph::PassError;
use thiserror::Error;

use crate::Dialect;

/// Why a graph cannot be specialized.
#[derive(Debug, Clone, PartialEq, Error)]
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
    /// A layer is nothing that the backend can make C++ of.
    #[error("{layer} ({kind}): {cause}")]
    Layer {
        /// Name of the layer.
        layer: String,
        /// Its kind.
        kind: String,
        /// What is wrong.
        cause: Box<PassError>,
    },
    /// The library of numbers has none of a precision.
    #[error("expected a precision that the backend's numbers have ({dialect:?}), found `{precision}`")]
    NoCppType {
        /// The library.
        dialect: Dialect,
        /// The precision.
        precision: String,
    },
}
