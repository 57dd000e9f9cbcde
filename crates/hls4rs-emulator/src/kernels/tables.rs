//! Lookup tables of the generated C++, and the real functions they hold.

use hls4rs_backend::Specialized;
use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::Attribute;

/// Numbers of a table, in the type of its elements.
///
/// **Precision:** Vivado, Vitis and Catapult fill tables from `float`, the values of Quartus's headers are `double`.
pub(crate) fn table(size: usize, format: Format, value: impl Fn(usize) -> f64) -> Vec<Fixed> {
    (0..size).map(|index| Fixed::from_f64(value(index), format)).collect()
}

/// The real functions as Vivado's `nnet_activation.h` computes them when a program starts: arguments and results are
/// `float`, what is between is `double` where a literal of C++ is.
pub(crate) mod single {
    /// The argument of an element of a table from `-range` to `range`.
    pub(crate) fn centered(index: usize, size: usize, range: f64) -> f32 {
        let size = size as f32;
        (2.0 * range * (index as f64 - f64::from(size) / 2.0) / f64::from(size)) as f32
    }

    /// The argument of an element of a table from 0 to −8.
    pub(crate) fn negative(index: usize, size: usize) -> f32 {
        (-8.0 * index as f64 / f64::from(size as f32)) as f32
    }

    pub(crate) fn sigmoid(x: f32) -> f32 {
        (1.0 / f64::from(1.0 + (-x).exp())) as f32
    }

    pub(crate) fn softplus(x: f32) -> f32 {
        (f64::from(x.exp()) + 1.0).ln() as f32
    }

    pub(crate) fn softsign(x: f32) -> f32 {
        (f64::from(x) / (f64::from(x.abs()) + 1.0)) as f32
    }

    pub(crate) fn elu(x: f32) -> f32 {
        (f64::from(x.exp()) - 1.0) as f32
    }

    pub(crate) fn selu(x: f32) -> f32 {
        (super::SELU_SCALE * (super::SELU_ALPHA * (f64::from(x.exp()) - 1.0))) as f32
    }
}

/// Factor of both branches of SELU.
pub(crate) const SELU_SCALE: f64 = 1.050_700_987_355_480_493_419_334_985_294_6;
/// Factor of the exponential of SELU.
pub(crate) const SELU_ALPHA: f64 = 1.673_263_242_354_377_284_817_042_991_671_7;

/// Size of a table that Quartus's writer makes: that of the first layer with this function, else 1024.
///
/// The layers that share the table may have sizes of their own, which they compute the index with. As hls4ml renames
/// `tanh` to `dense_tanh` before it writes the tables, the size of the table of `tanh` follows recurrent layers alone.
///
/// **Source:** `QuartusWriter.__get_table_size` of `hls4ml.writer.quartus_writer`, hls4ml 1.3.0.
pub(crate) fn written_size(specialized: &Specialized<'_>, function: &str) -> usize {
    for (_, layer) in specialized.graph.layers() {
        let state = layer.state();
        let is_function =
            |attribute: &str| state.get(attribute).and_then(Attribute::as_str) == Some(function);
        if !is_function("activation") && !is_function("recurrent_activation") {
            continue;
        }
        if let Some(size) = state.get("table_size").and_then(as_size) {
            return size;
        }
    }
    DEFAULT_SIZE
}

/// Size of tables where nothing else is said.
pub(crate) const DEFAULT_SIZE: usize = 1024;

/// A size, given as a number or as a text of digits.
pub(crate) fn as_size(value: &Attribute) -> Option<usize> {
    let number = value.as_int().and_then(|number| usize::try_from(number).ok());
    number.or_else(|| value.as_str()?.trim().parse().ok())
}
