//! Bit-exact arithmetic of `ap_fixed`, `ap_int`, `ac_fixed` and `ac_int`.
//!
//! A [`Fixed`] is a raw integer and its [`Format`]. Operators give the format that the C++ libraries give, so that
//! nothing is lost; [`Fixed::cast`] is the assignment to a variable of another type, and the only place where values
//! are rounded, saturated or wrapped. Floating-point numbers occur in the conversions only.
//!
//! Depend on this crate to compute with such numbers; the kernels of the emulator do.
//!
//! ```
//! use hls4rs_fixed::{Fixed, Format};
//!
//! let x = Fixed::from_f64(0.7, Format::fixed(8, 2));
//! let w = Fixed::from_f64(-1.3, Format::fixed(6, 2));
//! let product = x * w;
//! assert_eq!(product.format(), Format::fixed(14, 4));
//! assert_eq!(product.to_f64(), 0.6875 * -1.3125);
//! assert_eq!(product.cast(Format::fixed(8, 4)).to_f64(), -0.9375);
//! ```

mod cast;
mod compare;
mod float;
mod format;
mod int;
mod number;
mod ops;

pub use cast::Loss;
pub use compare::Comparison;
pub use ethnum::I256;
pub use format::{Family, Format, MAX_WIDTH};
pub use number::Fixed;
