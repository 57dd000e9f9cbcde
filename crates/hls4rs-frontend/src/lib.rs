//! What the importers share: the trait of front ends, findings with their place in the source, names, lists of layers.
//!
//! An importer reads one source format and makes a list of layers of it. It reports everything that it cannot convert at
//! once, so that a user need not try again for each.

mod entry;
mod findings;
mod front_end;
mod names;
mod problem;

pub use entry::Entry;
pub use findings::{DIAGNOSTICS, Findings};
pub use front_end::{FrontEnd, Imported, SourceError, SourceFile};
pub use names::{clean_name, sanitized};
pub use problem::Problem;
