//! Fast forms: floating-point arithmetic on integers, where it is exact.
//!
//! Sums of products, factors and roundings are computed in `f32` or `f64` on raw integers. The planner knows from the weights
//! and from the intervals of all tensors that no number along the way needs more bits than the mantissa has, so that
//! every operation is exact, and its order does not matter. What cannot be proven stays with the reference kernels.

mod assign;
mod chain;
mod elementwise;
mod gather;
mod interval;
mod lanes;
mod linear;
mod max_pool;
mod ops;
mod planner;
pub(crate) mod softmax;
mod sum;

pub(crate) use assign::Assign;
pub(crate) use planner::{Execution, FastStep, sequence, single};

/// Magnitudes up to this are exact in the widest lanes.
const MAX_MAGNITUDE: i128 = <f64 as lanes::Lane>::LIMIT;
