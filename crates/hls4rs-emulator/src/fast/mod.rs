//! Fast forms: floating-point arithmetic on integers, where it is exact.
//!
//! Sums of products, factors and roundings are computed in `f32` or `f64` on raw integers. The planner knows from the weights
//! and from the intervals of all tensors that no number along the way needs more bits than the mantissa has, so that
//! every operation is exact, and its order does not matter. Recurrent layers, whose products are truncated, are computed
//! in lanes of integers that wrap. What cannot be proven stays with the reference kernels.

mod assign;
pub(crate) mod cells;
mod chain;
mod elementwise;
mod gather;
mod integers;
mod interval;
pub(crate) mod lanes;
mod linear;
pub(crate) mod lookup;
mod max_pool;
mod ops;
mod planner;
mod products;
pub(crate) mod recipe;
pub(crate) mod recurrent;
#[cfg(test)]
mod recurrent_tests;
mod rows;
mod sequence;
pub(crate) mod softmax;
mod stages;
mod sum;
mod windows;

pub(crate) use assign::Assign;
pub(crate) use planner::{Head, prepare, single};
pub(crate) use sequence::{Execution, Sequence};

/// Magnitudes up to this are exact in the widest lanes.
const MAX_MAGNITUDE: i128 = <f64 as lanes::Lane>::LIMIT;
