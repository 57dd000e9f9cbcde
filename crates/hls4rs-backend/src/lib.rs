//! What a backend makes of a model graph: a function from the graph to side tables, which leaves the graph as it is.
//!
//! Everything that follows the graph (the emulator, writers of projects) takes a [`Specialized`].
//!
//! ```
//! use hls4rs_backend::specialize;
//! use hls4rs_graph::{Config, ModelGraph};
//!
//! let graph = ModelGraph::new(Config::default());
//! let specialized = specialize(&graph)?;
//! assert_eq!(specialized.target.to_string(), "Vivado, io_parallel");
//! # Ok::<(), hls4rs_backend::SpecializeError>(())
//! ```

mod attributes;
mod backend;
pub mod configure;
mod convolution;
mod cpp;
mod einsum;
mod error;
mod findings;
pub mod init;
mod initializer;
pub mod intel;
pub mod lowering;
mod matrix;
mod options;
pub mod passes;
mod pipeline_style;
mod reuse_factor;
mod specialized;
mod tables;
mod target;
mod templates;
mod types;

pub use attributes::{AttributeMap, boolean, choice, fpga_attributes, integer, of_type, table};
pub use backend::Backend;
pub use convolution::{conv1d_instructions, conv2d_instructions};
pub use cpp::Dialect;
pub use einsum::{EinsumRecipe, axes_attribute, inverse, parse_einsum};
pub use error::SpecializeError;
pub use findings::PASS_DIAGNOSTICS;
pub use hls4rs_fixed::Family;
pub use initializer::{LayerInitializer, init_base_layer};
pub use matrix::{matrix_size, recurrent_matrix_sizes};
pub use options::{
    CLOCK_PERIOD, COMMON_OPTIONS, HLS_CONFIG, IO_TYPE, OptionDefault, OptionSpec, WRITE_TAR, configuration,
    text_option,
};
pub use pipeline_style::{PipelineStyle, SET_PIPELINE_STYLE, SetPipelineStyle};
pub use reuse_factor::{
    closest, set_closest_reuse_factor, set_target_reuse_factor, valid_partition_splits, valid_reuse_factors,
};
pub use specialized::{Specialized, specialize};
pub(crate) use tables::data_length;
pub use tables::{
    CppType, Pragma, SpecializedLayer, SpecializedVariable, SpecializedWeight, Storage, VariableKind,
    WeightLayout,
};
pub use target::{IoType, Target, Vendor};
pub use templates::{Template, TemplateForm, WriteTemplates};
pub use types::Types;
