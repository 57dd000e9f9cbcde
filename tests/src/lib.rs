//! What the test suites share: golden files, expectations, models built in code, and archives that are not what they
//! should be. Never published.

mod archive;
mod expect;
pub mod fuzz;
mod golden;
mod hostile;
mod models;

pub use archive::{Archive, Member, gzip, tar};
pub use expect::{bless, expect};
pub use golden::{Case, Golden, Recorded, goldens};
pub use hostile::{Hostile, hostile_archives};
pub use models::{attributes, config, layer_list, options, ramp, runnable, three_layers};
