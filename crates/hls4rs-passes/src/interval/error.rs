//! Why intervals cannot be computed.

/// Why intervals cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IntervalError {
    /// Arrays whose shapes do not go together.
    #[error("{operation}: expected shapes that go together, found {left:?} and {right:?}")]
    Shapes {
        /// What was to be done.
        operation: &'static str,
        /// Shape of the first array.
        left: Vec<usize>,
        /// Shape of the second array.
        right: Vec<usize>,
    },
    /// An axis that the array does not have.
    #[error("{operation}: expected axes of an array of {rank} dimensions, found {found}")]
    Axes {
        /// What was to be done.
        operation: &'static str,
        /// Dimensions of the array.
        rank: usize,
        /// The axes.
        found: String,
    },
    /// An array without elements where there must be some.
    #[error("{operation}: expected at least one element, found none")]
    Empty {
        /// What was to be done.
        operation: &'static str,
    },
    /// Numbers that double precision does not hold.
    #[error(
        "expected intervals within double precision, found one of 2^1024 or more, or one that is upside down"
    )]
    Range,
    /// An equation that is none.
    #[error("equation `{equation}`: {problem}")]
    Equation {
        /// The equation.
        equation: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl IntervalError {
    pub(crate) fn shapes(operation: &'static str, left: &[usize], right: &[usize]) -> Self {
        Self::Shapes { operation, left: left.to_vec(), right: right.to_vec() }
    }

    pub(crate) fn axes(operation: &'static str, rank: usize, found: impl std::fmt::Debug) -> Self {
        Self::Axes { operation, rank, found: format!("{found:?}") }
    }
}
