//! A layer and a quantizer that hls4rs does not know, as the crate of another project declares them.
//!
//! Linking this crate into a program is enough: archives that name these classes then load as these types.
//!
//! ```
//! use custom_layer::Reverse;
//! use hls4rs::layers::Layer;
//!
//! let layer = Reverse::builder("flip").axis(0).build().into_layer();
//! assert_eq!(layer.class_name(), "my_detector.layers.Reverse");
//! assert_eq!(layer.infer(&[vec![3, 4]])?, [vec![3, 4]]);
//! # Ok::<(), hls4rs::layers::LayerError>(())
//! ```

mod log2_quantizer;
mod reverse;

pub use log2_quantizer::Log2Quantizer;
pub use reverse::{Reverse, ReverseBuilder};
