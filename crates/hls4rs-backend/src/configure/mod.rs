//! The user's configuration: read, checked, and brought to the options that a conversion starts from.

mod arguments;
mod check;
mod initial;
mod nearest;
mod values;
mod yaml;

pub use arguments::{SourceKind, arguments_for, options_from_arguments, source_kind};
pub use check::{DIAGNOSTICS, check_configuration};
pub use initial::{Granularity, InitialOptions, initial_configuration};
pub use nearest::nearest;
pub use yaml::{ConfigFileError, read_yaml};

use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::Backend;

/// Attributes of a kind that users may set: its own, and those that a backend adds.
fn attributes_of(spec: &'static LayerSpec, backend: Option<&dyn Backend>) -> Vec<AttributeSpec> {
    let added = backend.map(|backend| backend.attributes(spec)).unwrap_or_default();
    spec.all_attributes().copied().chain(added).filter(|attribute| attribute.configurable).collect()
}

/// `table_size` as `TableSize`.
fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split('_').map(capital).collect()
}
