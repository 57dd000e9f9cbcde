//! What a kernel is made from: a layer, its types, and the tensors around it.

use hls4rs_backend::{Family, IoType, Specialized, Vendor};
use hls4rs_fixed::{Fixed, Format};
use hls4rs_layers::{Layer, LayerState};
use hls4rs_types::{Attribute, NamedType, Precision, WeightVariable};

use crate::error::KernelError;
use crate::kernels::product::Weight;
use crate::log::{LedgerEntry, Slot};
use crate::weights;

/// A tensor that a layer reads or makes.
#[derive(Debug, Clone)]
pub(crate) struct Tensor {
    /// The precision in the graph, as hls4ml's Python code sees it.
    pub(crate) precision: Precision,
    /// The format in C++.
    pub(crate) format: Format,
    /// The dimensions.
    pub(crate) shape: Vec<usize>,
}

impl Tensor {
    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A layer that a kernel is made for.
pub(crate) struct Context<'a> {
    pub(crate) name: &'a str,
    pub(crate) layer: &'a dyn Layer,
    pub(crate) specialized: &'a Specialized<'a>,
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) outputs: Vec<Tensor>,
    pub(crate) entries: &'a mut Vec<LedgerEntry>,
}

impl<'a> Context<'a> {
    /// What the layer holds in the generated C++.
    pub(crate) fn state(&self) -> &'a LayerState {
        self.specialized.state(self.name).unwrap_or_else(|| self.layer.state())
    }

    /// The backend.
    pub(crate) fn vendor(&self) -> Vendor {
        self.specialized.target.vendor
    }

    /// The library of number types.
    pub(crate) fn family(&self) -> Family {
        self.vendor().family()
    }

    /// Whether layers pass streams.
    pub(crate) fn is_stream(&self) -> bool {
        self.specialized.target.io_type == IoType::Stream
    }

    /// The first input.
    pub(crate) fn input(&self) -> Result<&Tensor, KernelError> {
        self.inputs.first().ok_or_else(|| KernelError::unsupported("expected an input, found none"))
    }

    /// The first output.
    pub(crate) fn output(&self) -> Result<&Tensor, KernelError> {
        self.outputs.first().ok_or_else(|| KernelError::unsupported("expected an output, found none"))
    }

    /// A text attribute in lower case; the default where it is missing.
    pub(crate) fn text(&self, name: &str, default: &str) -> String {
        let value = self.state().get(name).and_then(Attribute::as_str).unwrap_or(default);
        value.to_lowercase()
    }

    /// An integer attribute; the default where it is missing. Texts of digits count, as configurations hold them.
    pub(crate) fn size_or(&self, name: &str, default: usize) -> usize {
        let value = self.state().get(name);
        let number = value.and_then(Attribute::as_int).and_then(|number| usize::try_from(number).ok());
        let text = value.and_then(Attribute::as_str).and_then(|text| text.trim().parse().ok());
        number.or(text).unwrap_or(default)
    }

    /// A size that must be there.
    pub(crate) fn size(&self, name: &str) -> Result<usize, KernelError> {
        Ok(self.state().size(name)?)
    }

    /// The format of a named type of the layer, by attribute (`accum_t`).
    pub(crate) fn format(&self, attribute: &str) -> Result<Format, KernelError> {
        let named = self.state().named_type(attribute)?;
        self.format_of(attribute, named)
    }

    fn format_of(&self, place: &str, named: &NamedType) -> Result<Format, KernelError> {
        self.specialized.types.format(named).ok_or_else(|| {
            let precision = self.specialized.types.precision(named);
            let expected = "expected a fixed-point number or integer of at most 255 bits";
            KernelError::unsupported(format!("`{place}`: {expected}, found `{precision}`"))
        })
    }

    /// A type that values are assigned to, with its place in the ledger.
    pub(crate) fn slot(&mut self, name: &str, format: Format) -> Slot {
        let id = self.entries.len();
        self.entries.push(LedgerEntry::new(self.name, name, format));
        Slot { format, id }
    }

    /// The type of an attribute (`accum_t`), with its place in the ledger.
    pub(crate) fn type_slot(&mut self, attribute: &str) -> Result<Slot, KernelError> {
        let format = self.format(attribute)?;
        Ok(self.slot(attribute.trim_end_matches("_t"), format))
    }

    /// The type of the first output, with its place in the ledger.
    pub(crate) fn result_slot(&mut self) -> Result<Slot, KernelError> {
        let format = self.output()?.format;
        Ok(self.slot("result", format))
    }

    /// A weight variable.
    pub(crate) fn weight_variable(&self, name: &str) -> Result<&'a WeightVariable, KernelError> {
        Ok(self.state().weight(name)?)
    }

    /// The weights of a variable, which may be powers of two.
    pub(crate) fn weights(&self, name: &str) -> Result<Vec<Weight>, KernelError> {
        let variable = self.weight_variable(name)?;
        if let Precision::Exponent(exponent) = variable.ty.precision {
            return Ok(weights::powers_of_two(&variable.data, exponent)?);
        }
        Ok(self.weight(name)?.into_iter().map(Weight::from).collect())
    }

    /// The numbers of a weight variable in its C++ type.
    pub(crate) fn weight(&self, name: &str) -> Result<Vec<Fixed>, KernelError> {
        let variable = self.weight_variable(name)?;
        let format = self.format_of(name, &variable.ty)?;
        let is_readable = match variable.ty.precision {
            // in headers, `inf` and `nan` are not numbers
            _ if self.vendor() == Vendor::Quartus => false,
            // long integers are read digit by digit
            Precision::Integer(integer) => self.family() == Family::Ac || integer.width <= 64,
            _ => true,
        };
        if !is_readable && !variable.data.iter_f64()?.all(f64::is_finite) {
            return Err(KernelError::unsupported(format!(
                "`{name}`: hls4ml's C++ cannot read weights that are not finite"
            )));
        }
        let decimals = match variable.ty.precision {
            Precision::Fixed(fixed) => usize::try_from(fixed.fractional()).unwrap_or(0),
            _ => 0,
        };
        Ok(weights::numbers(&variable.data, format, decimals)?)
    }
}
