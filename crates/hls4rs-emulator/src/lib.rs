//! Bit-exact predictions of a specialized model, without a compiler.
//!
//! A [`Plan`] is made once from a [`Specialized`](hls4rs_backend::Specialized) model: it holds everything that does not
//! depend on the data, and threads share it. A [`Session`] owns the buffers of one thread.
//!
//! Every layer has a kernel written like its definition, on [`hls4rs_fixed::Fixed`] numbers. Fast forms stand beside it, and
//! the planner takes them where they are proven equal.

mod buffer;
mod context;
mod custom;
mod error;
mod fast;
mod form;
mod jobs;
mod kernel;
mod kernels;
mod log;
mod logic;
mod loops;
mod places;
mod plan;
mod predict;
mod predictor;
mod real;
mod scratch;
mod session;
mod weights;

pub use custom::{CustomKernel, CustomKernels, CustomLayer};
pub use error::{PlanError, RunError, UnsupportedLayer};
pub use kernels::{BACKENDS, KERNELS, REASONS};
pub use log::{Ledger, LedgerEntry};
pub use plan::{Plan, Port};
pub use predict::{PredictOptions, Prediction, TracedOutput};
pub use predictor::Predictor;
pub use real::Real;
pub use session::Session;
