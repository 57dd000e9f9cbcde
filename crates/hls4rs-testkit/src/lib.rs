//! What the tests and maintainer commands of hls4rs share. Never published.

pub mod corpus;
pub mod peak;
pub mod reference;
mod threads;

pub use threads::threads;
