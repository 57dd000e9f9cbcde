//! Precisions with which a model that quantizes every number computes exactly what its source computes.
//!
//! Bits go forward: what a layer *produces* follows from what comes in and from its weights, by interval arithmetic; a
//! quantizer is narrowed to what can come in. Bits go backward: what a layer *requests* is all that it can use. The result
//! of a layer gets the lesser of both.

mod analysis;
mod mask;
mod produce;
mod produce_activation;
mod produce_linear;
mod produce_merge;
mod produce_pooling;
mod register;
mod register_pooling;
mod register_softmax;
mod request;
mod restore;
mod view;
mod windows;

pub use mask::Mask;
pub use restore::quantizer_mask;

pub(crate) use analysis::Analysis;
pub(crate) use register::{LARGE_TABLE, register, table_size};
pub(crate) use view::{first_variable, input_layer, is_quantizer, modes, output_layers, precision_of};
