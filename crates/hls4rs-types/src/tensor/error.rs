//! What can be wrong with an array.

use super::DType;

/// Why elements and shape make no array.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The number of elements is not the product of the dimensions.
    #[error("array of shape {shape:?}: expected {expected} elements, found {found}")]
    ElementCount {
        /// The dimensions.
        shape: Vec<usize>,
        /// Their product.
        expected: usize,
        /// Number of elements given.
        found: usize,
    },
    /// The shape does not allow an operation.
    #[error("array of shape {shape:?}: expected {expected}, found {found}")]
    Shape {
        /// The dimensions.
        shape: Vec<usize>,
        /// What the operation needs.
        expected: String,
        /// What it got.
        found: String,
    },
    /// The product of the dimensions does not fit into a machine word.
    #[error("array of shape {shape:?}: more elements than can be addressed")]
    Overflow {
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// The bytes are not a whole number of elements, or not those of the type.
    #[error("array of {dtype}: {message}")]
    Bytes {
        /// Type of the elements.
        dtype: DType,
        /// What is wrong with them.
        message: String,
    },
    /// The elements are of another type than asked for.
    #[error("expected an array of {expected}, found one of {found}")]
    ElementType {
        /// The type asked for.
        expected: DType,
        /// The type of the elements.
        found: DType,
    },
    /// The elements were to be loaded from somewhere, which failed.
    #[error("{message}")]
    Load {
        /// The place, and what is wrong.
        message: String,
    },
}
