//! Models of Keras 3: plain layers and HGQ2.

mod arguments;
mod call;
mod einsum;
mod graph;
mod handlers;
mod hgq;
mod names;
mod parse;
mod vars;
mod windows;

use hls4rs_frontend::Imported;
use hls4rs_types::Attributes;

pub(crate) use handlers::classes;
pub(crate) use vars::Store;

/// The layers of a model.
pub(crate) fn import(architecture: &Attributes, store: &Store) -> Imported {
    parse::parse(architecture, store)
}
