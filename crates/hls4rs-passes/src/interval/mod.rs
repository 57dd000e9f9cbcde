//! Interval arithmetic for arrays of fixed-point numbers: how many bits sums and products need.
//!
//! An element of an [`IntervalArray`] is the set of multiples of `delta` from `min` to `max`. [`Kif`] says the same in
//! bits. Both come from one another; arithmetic is done on intervals.
//!
//! ```
//! use hls4rs_passes::interval::{IntervalArray, Kif};
//!
//! // two signed numbers with 3 integer and 2 fractional bits, times the constants 1 and 0.5, summed
//! let inputs = IntervalArray::of_bits(&Kif::filled(&[2], 1, 3, 2))?;
//! let sum = inputs.matmul(&ndarray::arr2(&[[1.0], [0.5]]).into_dyn())?.to_bits()?;
//! assert_eq!((sum.k[[0]], sum.i[[0]], sum.f[[0]]), (1, 4, 3));
//! # Ok::<(), hls4rs_passes::interval::IntervalError>(())
//! ```
//!
//! **Source:** `hls4ml.utils.qinterval` and `hls4ml.utils.einsum_utils`, hls4ml 1.3.0, with NumPy's order of operations.

mod array;
mod bits;
mod broadcast;
mod einsum;
mod error;
mod matmul;

pub use array::IntervalArray;
pub(crate) use array::permuted;
pub use bits::{Kif, minimal_fraction};
pub(crate) use bits::{constants, power_of_two};
pub use broadcast::{common_shape, zip_with};
pub use einsum::Einsum;
pub use error::IntervalError;
