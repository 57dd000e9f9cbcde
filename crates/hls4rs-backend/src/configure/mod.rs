//! The user's configuration: read, checked, and brought to the options that a conversion starts from.

mod arguments;
mod check;
mod nearest;
mod values;
mod yaml;

pub use arguments::{SourceKind, arguments_for, options_from_arguments, source_kind};
pub use check::{DIAGNOSTICS, check_configuration};
pub use nearest::nearest;
pub use yaml::{ConfigFileError, read_yaml};
