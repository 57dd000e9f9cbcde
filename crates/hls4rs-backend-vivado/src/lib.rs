//! The backend for Vivado HLS and its accelerator cards: configuration, attributes, initializers, passes, flows.
//!
//! ```
//! use hls4rs_backend::Backend;
//! use hls4rs_backend_vivado::Vivado;
//!
//! assert_eq!(Vivado.default_flow().name, "vivado:ip");
//! ```

mod attributes;
mod backend;
pub mod flows;
pub mod init;
pub mod options;
pub mod passes;
mod templates;

pub use attributes::vivado_attributes;
pub use backend::{Vivado, VivadoAccelerator};
