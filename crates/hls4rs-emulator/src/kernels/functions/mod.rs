//! Functions of one number that layers apply to every element: activations, also those of recurrent layers.

pub(super) mod ac_math;
mod ap;
mod catapult;
mod plain;
mod quartus;

use std::fmt::Debug;

use hls4rs_backend::{Specialized, Vendor};
use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::Attribute;

use super::assignment;
use super::tables::DEFAULT_SIZE;
use crate::context::Context;
use crate::error::KernelError;
use crate::fast::lookup::Lookup;
use crate::form::Map;
use crate::log::{Log, Slot};

/// A function of one number.
pub(crate) trait Function: Debug + Send + Sync {
    /// The value of the function, assigned to the type of the result.
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed;

    /// The function in a word that fast forms know, if there is one.
    fn map(&self) -> Option<Map<'static>> {
        None
    }

    /// The function for arguments of a format as a table with raw integers, if it is one.
    fn lookup(&self, _input: Format) -> Option<Lookup> {
        None
    }
}

/// What C++ makes a function from: types and constants.
#[derive(Debug, Clone)]
pub(crate) struct Signature<'a> {
    pub(crate) specialized: &'a Specialized<'a>,
    /// Whether the function for streams is meant; where there are two, they differ in details.
    pub(crate) is_stream: bool,
    /// Type of the argument.
    pub(crate) input: Format,
    /// Type of the result.
    pub(crate) result: Slot,
    /// `table_t`.
    pub(crate) table: Format,
    /// `table_size` of the layer.
    pub(crate) table_size: usize,
    /// The parameter of `leaky_relu`, `thresholded_relu`, `elu`.
    pub(crate) param: Option<Fixed>,
    /// Slope and shift of `hard_sigmoid` and `hard_tanh`.
    pub(crate) line: Option<(Fixed, Fixed)>,
}

impl<'a> Signature<'a> {
    /// The signature of a function that a layer applies, with the layer's table.
    pub(crate) fn new(context: &Context<'a>, input: Format, result: Slot) -> Result<Self, KernelError> {
        let has_table = context.state().get("table_t").and_then(Attribute::as_type).is_some();
        Ok(Self {
            specialized: context.specialized,
            is_stream: context.is_stream(),
            input,
            result,
            table: if has_table { context.format("table_t")? } else { Format::fixed(18, 8) },
            table_size: context.size_or("table_size", DEFAULT_SIZE).max(1),
            param: None,
            line: None,
        })
    }

    /// The function for arrays, which recurrent layers use with streams, too.
    pub(crate) fn for_arrays(self) -> Self {
        Self { is_stream: false, ..self }
    }

    pub(crate) fn vendor(&self) -> Vendor {
        self.specialized.target.vendor
    }

    fn unsupported(&self, name: &str) -> KernelError {
        let target = self.specialized.target;
        KernelError::unsupported(format!("hls4ml has no function `{name}` for {target}"))
    }
}

/// The function that `nnet::name` is for these types.
///
/// **Source:** `nnet_activation.h`, `nnet_activation_stream.h` of the backends, hls4ml 1.3.0.
pub(crate) fn function(name: &str, signature: &Signature<'_>) -> Result<Box<dyn Function>, KernelError> {
    let copies = signature.vendor() != Vendor::Catapult && matches!(name, "linear" | "relu");
    if signature.input.width > MAX_INPUT_WIDTH && !copies {
        return Err(KernelError::unsupported(format!(
            "expected an input of at most {MAX_INPUT_WIDTH} bits, found the type `{}`",
            signature.input
        )));
    }
    for format in assigned(name, signature) {
        assignment::check(signature.vendor().family(), format, signature.result.format)?;
    }
    let special = match signature.vendor() {
        Vendor::Quartus => quartus::function(name, signature)?,
        Vendor::Catapult => catapult::function(name, signature)?,
        Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis => ap::function(name, signature),
        Vendor::OneApi | Vendor::Libero => None,
    };
    if let Some(function) = special {
        return Ok(function);
    }
    plain::function(name, signature).ok_or_else(|| signature.unsupported(name))
}

/// Wider inputs of functions that compute leave no room for products with sizes of tables and constants.
const MAX_INPUT_WIDTH: u32 = 128;

/// A function with a table of Vivado.
#[cfg(test)]
pub(crate) fn centered(range: u32, size: usize, table: Format, result: Slot) -> Box<dyn Function> {
    ap::centered(range, size, table, result)
}

/// The types of what C++ assigns to the result, other than literals. Functions of `ac_math` take a reference to it.
fn assigned(name: &str, signature: &Signature<'_>) -> Vec<Format> {
    let zero = Fixed::zero(signature.input);
    let is_catapult = signature.vendor() == Vendor::Catapult;
    match name {
        "relu" if is_catapult => Vec::new(),
        "linear" | "relu" | "relu6" | "relu1" | "thresholded_relu" => vec![signature.input],
        "hard_sigmoid" | "hard_tanh" if is_catapult => vec![signature.input],
        "hard_sigmoid" | "hard_tanh" => {
            signature.line.map(|(slope, shift)| (slope * zero + shift).format()).into_iter().collect()
        }
        "leaky_relu" => {
            let product = signature.param.map(|alpha| (alpha * zero).format());
            product.into_iter().chain([signature.input]).collect()
        }
        "sigmoid" | "tanh" | "dense_tanh" | "softplus" | "softsign" if !is_catapult => vec![signature.table],
        "elu" | "selu" if !is_catapult => vec![signature.input, signature.table],
        _ => Vec::new(),
    }
}
