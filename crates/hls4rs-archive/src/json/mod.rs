//! JSON as Python writes it: bare `NaN` and `Infinity`, floats as `repr` prints them, all but ASCII escaped.

mod mask;
mod read;
mod write;

pub(crate) use read::DEEPEST;
pub use read::read_json;
pub(crate) use read::read_json_within;
pub(crate) use write::JsonWriter;
pub use write::write_json;
pub(crate) use write::write_json_within;
