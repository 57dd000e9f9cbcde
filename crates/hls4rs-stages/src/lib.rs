//! Runs each flow of a conversion from the stage before it, and compares with the stage behind it. Never published.
//!
//! A folder of stages holds a model as hls4ml saved it after every flow; `stages.json` lists flows and archives in order.

mod arguments;
mod compare;
mod retarget;
mod run;
mod source;
mod user_passes;

pub use compare::differences;
pub use retarget::{Retargeted, retarget};
pub use run::{EXCLUSIONS, Outcome, Selection, Stage, cases, run};
