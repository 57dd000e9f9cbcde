//! Precisions, named types, variables, tensors, quantizers and attributes: the vocabulary of hls4rs.
//!
//! Everything a layer of a model graph can hold is a type of this crate. Depend on it alone if you only need to
//! read or print precisions, or to describe quantizers; depend on `hls4rs` for everything else.
//!
//! ```
//! use hls4rs_types::{FixedPrecision, Precision, RoundingMode};
//!
//! let precision: Precision = "ap_fixed<16,6,AP_RND_CONV,AP_SAT>".parse()?;
//! assert_eq!(precision.to_string(), "fixed<16,6,RND_CONV,SAT,0>");
//! assert_eq!(precision.as_fixed().map(FixedPrecision::fractional), Some(10));
//! assert_eq!(precision.as_fixed().map(|p| p.rounding_mode), Some(RoundingMode::RndConv));
//!
//! let error = "fixed<16,six>".parse::<Precision>().unwrap_err();
//! assert_eq!(error.offset(), 9);
//! # Ok::<(), hls4rs_types::ParsePrecisionError>(())
//! ```

mod attribute;
mod attributes;
mod bridge;
pub mod eigen;
mod named_type;
mod object;
mod precision;
mod qkeras;
mod quantizer;
pub mod quantizers;
mod source;
mod tensor;
mod upgrade;
mod variable;
mod weight;

pub use attribute::{Attribute, AttributeType};
pub use attributes::Attributes;
pub use bridge::{BridgeError, BridgeErrorKind, from_attribute, to_attribute};
pub use named_type::{NamedType, TypeForm};
pub use object::UnknownObject;
pub use precision::{
    ExponentPrecision, FixedPrecision, FloatPrecision, IntegerPrecision, ParsePrecisionError, Precision,
    RoundingMode, SaturationMode, StandardFloatPrecision,
};
pub use qkeras::{Scale, ScaledValues};
pub use quantizer::{AnyQuantizer, QuantizeError, Quantizer};
/// Lets crates that declare quantizers use serde's macros: `#[serde(crate = "hls4rs_types::serde")]`.
pub use serde;
pub use source::Source;
pub use tensor::{
    Arithmetic, DType, Element, Order, Strided, Tensor, TensorBuffer, TensorData, TensorError, TensorPiece,
    TensorSource,
};
/// Lets crates that declare quantizers or layers use the attribute macros of the exact version used here.
pub use typetag;
pub use upgrade::{RawAttribute, upgrade, upgrade_fields};
pub use variable::{TensorVariable, VariableForm};
pub use weight::{WeightForm, WeightVariable};
