//! Passes over a graph, flows of them, and the driver.

mod driver;
mod error;
mod flow;
mod patch;
mod spec;
#[cfg(test)]
mod tests;

pub use driver::{FlowOptions, FlowReport};
pub use error::{FlowError, PassError};
pub use flow::{Flow, Pass, Step};
pub use patch::Patch;
pub use spec::{GraphPass, NodePass, Outcome, PassSpec, Preserves};
