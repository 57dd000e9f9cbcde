//! The layer kinds of hls4rs: one declaration per kind, from which accessors, builder, validation and schema come.
//!
//! A layer is one ordered map of attributes (see [`Attributes`]) and a declaration ([`LayerSpec`]). Depend on this
//! crate to declare layers of your own with [`layer!`]; depend on `hls4rs` to work with whole models.
//!
//! ```
//! use hls4rs_layers::{Layer, layers::Dense};
//! use hls4rs_types::Tensor;
//!
//! let draft = Dense::builder("fc1").n_in(4).n_out(2).weight(Tensor::zeros(&[4, 2])?).build();
//! assert_eq!(draft.spec.kind, "Dense");
//! let layer = draft.into_layer();
//! assert_eq!(layer.infer(&[vec![4]])?, [vec![2]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod common;
mod declare;
mod error;
mod hierarchy;
mod init;
mod layer;
pub mod layers;
mod opaque;
mod registry;
mod spec;
mod state;
mod verify;

pub use builder::{Draft, IntoSetting};
pub use common::{BASE, CARRIED};
pub use declare::__setting_kinds;
pub use error::{LayerError, Problem};
pub use hierarchy::{depth, is_a};
pub use hls4rs_types::{Attribute, AttributeType, Attributes};
pub use init::{InitContext, Initializer, LayerId, OutputOptions, Unattached, WeightOptions, snake_case};
pub use layer::Layer;
pub use opaque::Opaque;
pub use registry::{layer_of_class, spec_of_alias, spec_of_class};
pub use spec::{AttributeSpec, Default, LayerSpec, Shape, WeightSpec};
pub use state::{LayerState, RESERVED_OUTPUT};
pub use verify::{check_attributes, verify_attributes};

/// What the macro [`layer!`] expands to; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::declare::__kind_of as kind_of;
    pub use hls4rs_types;
    pub use serde;
    pub use typetag;
}
